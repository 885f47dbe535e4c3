"""What each hyper-parameter of a method is, by the docstrings where the method is defined.

A method's module imports torch, which takes seconds: its source is read, and nothing of it is run.
"""

from __future__ import annotations

import importlib.util
import json
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from vsumlab.help.choices import in_lines
from vsumlab.help.docstrings import class_entries


def list_parameters(method: DictConfig) -> str:
    """A method's hyper-parameters as composed, with what docstrings say; `$` is `$$`, as in a template."""
    texts = explanations(method.get("_target_") or "")
    values: Any = OmegaConf.to_container(method)
    lines = []
    for name, value in values.items():
        if name != "_target_":
            lines.append(f"  method.{name}={shown(value)}")
            if name in texts:
                lines.append(in_lines(texts[name], " " * 6, " " * 6))
    return "\n".join(lines).replace("$", "$$")


def shown(value: object) -> str:
    """A value as the command line takes it.

    >>> shown(None), shown([0.25, 0.75]), shown("median")
    ('null', '[0.25, 0.75]', 'median')
    """
    return value if isinstance(value, str) else json.dumps(value)


def explanations(target: str) -> dict[str, str]:
    """What docstrings say of the parameters of a class, by name; empty where its source cannot be read.

    Args:
        target: The class's dotted name. Its own module counts, and the `hyperparameters.py` next to it.
    """
    module, _, name = target.rpartition(".")
    found: dict[str, str] = {}
    try:
        file = source_file(module)
        for each in (file, file.with_name("hyperparameters.py")) if file else ():
            if each.is_file():
                found |= class_entries(each.read_text(encoding="utf-8"), name)
    except (OSError, SyntaxError, ValueError):  # a module of one's own, which a run will say more about
        return {}
    return found


def source_file(module: str) -> Path | None:
    """The file of a module, of a package its `__init__.py`, without an import; None if there is none."""
    package, *names = module.split(".")
    spec = importlib.util.find_spec(package) if package else None
    for name in names:
        if spec is None or spec.submodule_search_locations is None:
            return None
        spec = PathFinder.find_spec(name, list(spec.submodule_search_locations))
    return Path(spec.origin) if spec and spec.origin else None
