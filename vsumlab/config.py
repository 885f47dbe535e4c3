"""Where the configuration lives, and what it names."""

from pathlib import Path
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig


def find_conf() -> Path:
    """The folder of Hydra groups: inside the package (a wheel), else beside it (a checkout).

    Raises:
        FileNotFoundError: If the installation is broken and has neither.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no conf/config.yaml in {package} or {package.parent}: install vsumlab again")


def build(node: DictConfig, **arguments: Any) -> Any:
    """Calls a node's _target_ with its leaves and further arguments.

    Raises:
        Exception: What the target raises, where Hydra would wrap it.
    """
    try:
        return instantiate(node, **arguments)
    except InstantiationException as error:
        raise error.__cause__ or error from None
