"""Where the configuration lives, and what it names."""

from pathlib import Path
from typing import Any

from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import DictConfig

from vsumlab.errors import UserError


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


def check_whole(config: DictConfig, **least: int) -> None:
    """Refuses what is not a whole number of at least so much, by the name of its leaf.

    Raises:
        UserError: Naming the first such leaf.
    """
    for name, minimum in least.items():
        if not isinstance(config[name], int) or config[name] < minimum:
            raise UserError(f"{name}={config[name]}: expected a whole number, at least {minimum}")


def build(node: DictConfig, **arguments: Any) -> Any:
    """Calls a node's _target_ with its leaves and further arguments.

    Raises:
        Exception: What the target raises, where Hydra would wrap it.
    """
    try:
        return instantiate(node, **arguments)
    except InstantiationException as error:
        raise error.__cause__ or error from None
