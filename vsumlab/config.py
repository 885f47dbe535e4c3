"""Where the configuration lives, how it is composed and compared, and how what it names is built."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import InterpolationResolutionError

from vsumlab.credentials import as_entries, check_no_credentials
from vsumlab.errors import CodeError, UserError, first_line, one_line
from vsumlab.places import cell_folder
from vsumlab.plugins import store_plugins


def find_conf() -> Path:
    """The folder of Hydra groups: inside the package (a wheel), else next to it (a checkout).

    Raises:
        FileNotFoundError: If the installation is broken and has neither.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "conf", package.parent / "conf"):
        if (folder / "config.yaml").is_file():
            return folder
    raise FileNotFoundError(f"no conf/config.yaml in {package} or {package.parent}: install vsumlab again")


def find_groups() -> list[str]:
    """The groups of `conf`, from each of which one file is chosen."""
    return sorted(folder.name for folder in find_conf().iterdir() if folder.is_dir())


def snake_case(target: str) -> str:
    """The name of a class, as a file of `conf` would have it.

    >>> snake_case("my_methods.FrameScorer")
    'frame_scorer'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", target.rsplit(".", 1)[-1]).lower()


OmegaConf.register_new_resolver("snake_case", snake_case, replace=True)
OmegaConf.register_new_resolver("cell_folder", cell_folder, replace=True)


def compose_config(overrides: Sequence[str] = (), name: str = "config") -> DictConfig:
    """The configuration that a command line would have, without one.

    `train(compose_config(["experiment=csnet_canonical", "fold=0", "paths.run=FOLDER"]))` runs a fold.

    Args:
        overrides: As on the command line.
        name: Which file of `conf` it begins with.

    Raises:
        UserError: If an override is wrong, saying what may have been meant, or holds a key.
    """
    from hydra import compose, initialize_config_dir  # takes longer to import than most of what is here
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException

    from vsumlab.suggestions import meant

    store_plugins(find_conf())
    command = GlobalHydra.instance().hydra  # that of a command line, if this is called within one
    GlobalHydra.instance().clear()
    try:
        with initialize_config_dir(str(find_conf()), job_name="run", version_base="1.3"):
            config = compose(name, list(overrides))
        check_package(config)
        check_references(config)
        check_no_credentials(as_entries(flattened(config).items()))
        return config
    except HydraException as error:
        suggested = meant(error, overrides, find_groups())
        hint = f" (did you mean {suggested}?)" if suggested else ""
        raise UserError(one_line(error) + hint) from error
    finally:
        GlobalHydra.instance().hydra = command


def check_package(config: DictConfig) -> None:
    """Refuses a method whose file has all it says in a node of its own.

    Raises:
        UserError: Saying what the file lacks.
    """
    node: Any = OmegaConf.to_container(config, resolve=False)
    inner = node["method"].get("method") if isinstance(node.get("method"), dict) else None
    if isinstance(inner, dict) and "_target_" in inner:
        raise UserError("method: its file sets method.method: begin it with # @package _global_")


def check_references(config: DictConfig) -> None:
    """Refuses a configuration in which a `${…}` stands for nothing, as in a name from a command line.

    Raises:
        UserError: Naming the entry.
    """
    try:
        OmegaConf.to_container(config, resolve=True)
    except InterpolationResolutionError as error:
        raise UserError(f"{error.full_key}: {first_line(error)}: write the value itself") from error


def search_path(own: Path | None, wanted: str) -> list[str]:
    """The override by which files of one's own are found, if there is a folder of them.

    Args:
        own: The folder.
        wanted: What is looked for in it, for the message.

    Raises:
        UserError: If there is no such folder.
    """
    if own is None:
        return []
    if not own.is_dir():
        raise UserError(f"{own}: no such folder: name one with {wanted} in it")
    return [f"hydra.searchpath=['file://{own.resolve()}']"]


def flat(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested mappings, with their dotted names.

    >>> dict(flat({"seed": 0, "data": {"name": "tvsum"}}))
    {'seed': 0, 'data.name': 'tvsum'}
    """
    for name, value in node.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def flattened(config: DictConfig) -> dict[str, Any]:
    """A configuration's leaves, resolved."""
    plain: Any = OmegaConf.to_container(config, resolve=True)
    return dict(flat(plain))


def changed(config: DictConfig, **values: Any) -> DictConfig:
    """A copy of a configuration with other values, by top-level or, as `paths__run`, nested name."""
    copy = OmegaConf.merge(config, {})
    for name, value in values.items():
        OmegaConf.update(copy, name.replace("__", "."), value)
    assert isinstance(copy, DictConfig)
    return copy


def build(node: DictConfig, **arguments: Any) -> Any:
    """Calls a node's _target_ with its leaves, as plain Python, and further arguments.

    Raises:
        UserError: If there is no such target, or it does not take an entry of the node, or needs another one.
        CodeError: If its module cannot be imported for an error of its own.
        Exception: What the target raises, where Hydra would wrap it.
    """
    from hydra.errors import InstantiationException
    from hydra.utils import instantiate

    try:
        pkgutil.resolve_name(node._target_)
    except UserError:  # a module that lacks an extra
        raise
    except Exception as error:  # a module may raise whatever it likes
        place = place_in_module(error)
        if place is None:
            raise UserError(f"{node._target_}: cannot be imported ({error}): correct the _target_") from error
        said = f"{type(error).__name__}: {first_line(error)}"
        raise CodeError(
            f"{node._target_}: {place}: {said}: mend it there (HYDRA_FULL_ERROR=1 shows the traceback)"
        ) from error
    try:
        # lists and mappings of Hydra's own in hyper-parameters would make a checkpoint that cannot be loaded
        return instantiate(node, _convert_="all", **arguments)
    except InstantiationException as error:
        cause = reason(error)
        for name in arguments:
            if isinstance(cause, TypeError) and not takes(pkgutil.resolve_name(node._target_), name):
                raise UserError(
                    f"{node._target_}: its __init__ lacks {name}, which it is always given: add it there"
                ) from cause
        if does_not_fit(node, cause):
            raise UserError(
                f"{node._target_}: {cause}: leave out what it does not take, and give what it needs"
            ) from cause
        raise cause from None


def takes(called: Callable[..., Any], name: str) -> bool:
    """Whether a function or class has a parameter of a name, or takes any."""
    parameters = inspect.signature(called).parameters
    return name in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


def does_not_fit(node: DictConfig, error: BaseException) -> bool:
    """Whether a call of a node's target failed by an entry that it does not take, or that is not given."""
    found = re.search(r"(unexpected|missing) .*arguments?:? '(\w+)'", str(error))
    return (
        isinstance(error, TypeError)
        and found is not None
        and (found[1] == "unexpected") == (found[2] in node)
    )


def place_in_module(error: Exception) -> str | None:
    """Where in a module an import failed, as FILE:LINE; None if the module or the name in it is not there."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}"
    looking = (__file__, pkgutil.__file__, importlib.__file__)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename not in looking and not frame.filename.startswith("<frozen importlib")
    ]
    if not frames or (isinstance(error, AttributeError) and frames[-1].name == "__getattr__"):
        return None
    return f"{frames[-1].filename}:{frames[-1].lineno}"


def reason(error: BaseException) -> BaseException:
    """Why something could not be built: the user's error behind it if there is one, else its cause."""
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    return next((each for each in causes if isinstance(each, UserError)), causes[min(1, len(causes) - 1)])
