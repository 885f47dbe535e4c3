"""Where the configuration lives, and what it names."""

from collections.abc import Mapping
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


def check_whole(node: Mapping[str, Any], prefix: str = "", **least: int) -> None:
    """Refuses what is not a whole number of at least so much.

    Args:
        node: Names and values.
        prefix: What stands before the names on the command line, such as `method.`.
        **least: The names to check, each with the least number it may be.

    Raises:
        UserError: Naming the first that is not.
    """
    for name, minimum in least.items():
        if type(node[name]) is not int or node[name] < minimum:
            raise UserError(f"{prefix}{name}={node[name]}: expected a whole number, at least {minimum}")


def check_positive(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is not a number above 0; arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) not in (int, float) or not node[name] > 0:
            raise UserError(f"{prefix}{name}={node[name]}: expected a number above 0")


def build(node: DictConfig, **arguments: Any) -> Any:
    """Calls a node's _target_ with its leaves, as plain Python, and further arguments.

    Raises:
        UserError: If there is no such target.
        Exception: What the target raises, where Hydra would wrap it.
    """
    try:
        # lists and mappings of Hydra's own in hyper-parameters would make a checkpoint that cannot be loaded
        return instantiate(node, _convert_="all", **arguments)
    except InstantiationException as error:
        if "locating target" in str(error):
            raise UserError(f"{node._target_}: cannot be imported: correct the _target_") from error
        raise error.__cause__ or error from None
