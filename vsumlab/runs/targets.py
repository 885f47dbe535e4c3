"""What a run folder's configuration may be of: this project's own parts, and methods that are trusted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from vsumlab.config import find_conf
from vsumlab.core.plain_files import read_yaml
from vsumlab.errors import UserError
from vsumlab.methods.trust import trusted_by_user, trusted_method

LOGGER = {"entity", "log_model", "name", "notes"}
"""Entries of a logger that `conf` does not have, and that name no place which is written or sent to."""


@cache
def own_targets() -> frozenset[str]:
    """The `_target_` entries of `conf`."""
    return frozenset(target for file in find_conf().rglob("*.yaml") for target in targets_in(read_yaml(file)))


@cache
def logger_entries() -> frozenset[str]:
    """The entries that loggers have in `conf`."""
    files = (find_conf() / "logger").glob("*.yaml")
    return frozenset(name for file in files for name in yaml.safe_load(file.read_text(encoding="utf-8")))


def targets_in(node: Any) -> Iterator[str]:
    """The `_target_` entries of nested mappings and lists."""
    if isinstance(node, dict):
        for name, value in node.items():
            if str(name) == "_target_":
                yield str(value)
            yield from targets_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from targets_in(value)


def check_targets(config: dict[str, Any], place: object) -> None:
    """Refuses a configuration from which something would be made that is neither ours nor trusted.

    Args:
        config: Nested mappings, not resolved.
        place: The file, for the message.

    Raises:
        UserError: Naming what it would be, or an entry by which a logger would write or send elsewhere.
    """
    for target in targets_in(config):
        if target not in own_targets() and not trusted_by_user(target):
            trusted_method(target, place)
    logger = config.get("logger")
    entries = {*logger} if isinstance(logger, dict) else set()
    if odd := sorted(entries - logger_entries() - LOGGER, key=str):
        raise UserError(
            f"{place}: logger.{odd[0]}: might send elsewhere: give the run's command again instead"
        )


def check_resolved(config: dict[str, Any], place: object) -> None:
    """Refuses a configuration with a `${…}`: a run keeps its own resolved, and another might be `oc.env`.

    Raises:
        UserError: Naming it.
    """
    if reference := next((text for text in texts_in(config) if "${" in text), None):
        raise UserError(f"{place}: {reference!r}: a run's configuration has no reference: move it away")


def texts_in(node: Any) -> Iterator[str]:
    """All text in nested mappings and lists."""
    if isinstance(node, dict | list):
        for value in [*node, *node.values()] if isinstance(node, dict) else node:
            yield from texts_in(value)
    elif isinstance(node, str):
        yield node
