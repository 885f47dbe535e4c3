"""JSON and YAML as plain data: nothing in them is resolved, imported or run.

A file may be somebody else's, or damaged. What nobody writes, a file without end, YAML aliases, of which a
few lines can make a list of billions, or nesting without end, is refused before it takes memory or time.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from omegaconf._utils import get_yaml_loader  # what Hydra and OmegaConf read YAML with, numbers above all

from vsumlab.core.files import is_file
from vsumlab.errors import one_line

JSON_BYTES = 50_000_000
"""A study of a thousand runs has 3 MB."""
YAML_BYTES = 1_000_000
"""A run's configuration has 5 kB, a split file of TVSum 10 kB; a megabyte takes seconds."""
DEPTH = 50
"""How deep a file may be nested; a run's configuration is 4 deep."""


def read_json(path: Path) -> Any:
    """What is in a JSON file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no JSON in UTF-8, is too large or too deep, or has a number that is not finite.
    """
    text = text_of(path, JSON_BYTES)
    try:
        return json.loads(text, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path.name} is no JSON: {one_line(error)}") from error


def read_yaml(path: Path) -> Any:
    """What is in a YAML file; a `${…}` in it stays text.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no YAML in UTF-8, is too large or too deep, or has an alias.
    """
    text = text_of(path, YAML_BYTES)
    try:
        return yaml.load(text, Loader=PlainLoader)
    except (yaml.YAMLError, ValueError, AttributeError, TypeError, RecursionError) as error:  # of odd tags
        raise ValueError(f"{path.name} is no YAML: {one_line(error)}") from error


def read_mapping(path: Path) -> dict[str, Any]:
    """What is in a YAML file that is a mapping by names.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is another one, and as in `read_yaml`.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise ValueError(f"{path.name} has no entries by name")
    return content


def text_of(path: Path, limit: int) -> str:
    """The text of a file.

    Args:
        path: Of a regular file: a pipe or a device might never end.
        limit: How many bytes it may have.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is larger, or no text in UTF-8.
    """
    if not is_file(path):
        raise FileNotFoundError(f"{path.name} is missing or is no file")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"{path.name} has more than {limit / 1e6:g} MB")
    try:
        return content.decode("utf-8-sig")  # Windows writes a mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is no text in UTF-8: {error}") from error


def refuse_constant(name: str) -> float:
    """Refuses NaN and Infinity, which JSON does not have."""
    raise ValueError(f"{name} is no number of JSON")


class PlainLoader(get_yaml_loader()):  # type: ignore[misc]
    """Reads scalars as OmegaConf does, but no aliases, and no deep nesting."""

    _depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node of the document.

        Raises:
            YAMLError: If it is an alias, or too deep.
        """
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it has an alias (*): write it out")
        if self._depth == DEPTH:
            raise yaml.YAMLError("it is nested too deeply")
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1
