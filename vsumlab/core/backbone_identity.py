"""Which network features are of, where a feature file or a checkpoint says so."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

BACKBONE = "backbone"
"""The attribute of a feature file, and the entry of a checkpoint's data, that says it."""

Identity = dict[str, Any]
"""A network's `name`, the `sha256` of its weights, and how it is fed, as plain Python."""


def identity_in(attributes: Mapping[str, Any]) -> Identity | None:
    """What a feature file's attributes say; None where they say nothing that can be read.

    >>> identity_in({"backbone": '{"name": "googlenet", "sha256": "ab12"}'})
    {'name': 'googlenet', 'sha256': 'ab12'}
    >>> identity_in({"backbone": "googlenet"})
    """
    try:
        found = json.loads(attributes[BACKBONE])
    except (KeyError, ValueError, TypeError, RecursionError):
        return None
    return found if isinstance(found, dict) and "name" in found else None


def same_network(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two are one network that is fed in one way; what its file is called makes no difference.

    >>> same_network({"name": "a", "sha256": "1", "file": "x"}, {"name": "a", "sha256": "1", "file": "y"})
    True
    >>> same_network({"name": "a", "sha256": "1"}, {"name": "a", "sha256": "2"})
    False
    """
    said = (one.keys() & other.keys()) - {"file"}  # another version may say more
    return all(one[entry] == other[entry] for entry in said)


def described(identity: Mapping[str, Any]) -> str:
    """A network by its name and the start of its weights' checksum.

    >>> described({"name": "googlenet", "sha256": "ab12cd34ef"})
    'googlenet (ab12cd34)'
    """
    return f"{identity['name']} ({str(identity.get('sha256'))[:8]})"
