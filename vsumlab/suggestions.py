"""What somebody may have meant who misspelt a command, a choice or a name of the configuration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from hydra.errors import MissingConfigException, OverrideParseException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException


def closest(name: str, names: Iterable[str]) -> str | None:
    """Which of some names, in small letters, is most like one; None if none is like it.

    >>> closest("TVSam", ["summe", "tvsum"])
    'tvsum'
    """
    found = get_close_matches(name.lower(), list(names), n=1)
    return found[0] if found else None


def meant(error: BaseException, overrides: Sequence[str], groups: Iterable[str]) -> str | None:
    """The override that somebody may have meant, where Hydra has refused one; None if there is none like it.

    Args:
        error: What Hydra has raised.
        overrides: What was asked for, as on the command line.
        groups: The groups that there are to choose from.
    """
    if isinstance(error, OverrideParseException):
        return quoted_value(error.override)
    cause = error.__cause__
    if isinstance(error, MissingConfigException):
        return meant_choice(error, overrides)
    if isinstance(cause, OmegaConfBaseException):
        return meant_name(cause, overrides, groups)
    return None


def quoted_value(override: str) -> str | None:
    """An override that is not one, with quotes around a value that has a = in it, as folders of runs have.

    >>> print(quoted_value("method.base=runs/leaderboard/method=vasnet,seed=0"))
    "method.base='runs/leaderboard/method=vasnet,seed=0'"
    """
    name, _, value = override.partition("=")
    can_be_quoted = name and "=" in value and not any(mark in value for mark in "'\"\\$")
    return f"\"{name}='{value}'\"" if can_be_quoted else None


def meant_choice(error: MissingConfigException, overrides: Sequence[str]) -> str | None:
    """The choice like one that its group does not have; a file that another file asks for is left out."""
    group, _, name = (error.missing_cfg_file or "").rpartition("/")
    if not any(override.lstrip("+").startswith(f"{group}=") for override in overrides):
        return None
    found = closest(name, error.options or ())
    return f"{group}={found}" if found else None


def meant_name(error: OmegaConfBaseException, overrides: Sequence[str], groups: Iterable[str]) -> str | None:
    """The override with a name like one that is not where it was looked for."""
    wrong, node = str(error.key), error.parent_node
    if not isinstance(node, DictConfig):
        return None
    path = str(error.full_key)  # as far as it was followed, with dots
    above = path.removesuffix(wrong)
    found = closest(wrong, [*map(str, node), *(() if above else groups)])
    written = next((each for each in overrides if each.startswith((f"{path}=", f"{path}."))), None)
    return f"{above}{found}{written.removeprefix(path)}" if found and written else None
