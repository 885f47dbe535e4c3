"""What a file of scores may not have, however well it is formed: more than any has, or a name twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

MOST_SCORES = 20_000_000
"""Of a file: the frames of two hundred hours of video. What says that it has more is damaged, or a trap."""
LONGEST_TEXT = 100_000_000
"""Bytes, about 5 million scores: read at once, a text takes many times its length in memory."""


def without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Pairs as a dictionary.

    Raises:
        ValueError: If two have one name: which of them is meant nobody can tell.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"{twice!r} is there twice")
    return found


def check_length(path: Path) -> None:
    """Refuses a text that is too long to be read at once.

    Raises:
        ValueError: If it is.
    """
    if path.stat().st_size > LONGEST_TEXT:
        raise ValueError(f"more than {LONGEST_TEXT // 10**6} MB")


def check_number(count: int) -> None:
    """Refuses so many scores as no file has, before memory is asked for them.

    Raises:
        ValueError: If there are too many.
    """
    if count > MOST_SCORES:
        raise ValueError(f"more than {MOST_SCORES // 10**6} million scores")
