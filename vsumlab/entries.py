"""What values an entry of the configuration may have: each check refuses the first that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vsumlab.errors import UserError, printable

MOST, LARGEST = 10**6, 1e30
"""The largest whole number and the largest other number that an entry may be where nothing else is said."""


def refusal(entry: str, value: Any, expected: str) -> UserError:
    """What is said of a value that an entry cannot have, in one line whatever the value is."""
    return UserError(f"{entry}={printable(value, longest=100)}: expected {expected}")


def check_whole(node: Mapping[str, Any], prefix: str = "", **bounds: int | tuple[int, int]) -> None:
    """Refuses what is not a whole number of at least so much, or is more than any use has.

    Args:
        node: Names and values.
        prefix: What stands before the names on the command line, such as `method.`.
        **bounds: The names to check, each with the least number it may be, or with the least and the most; a
            million is the most where none is given.

    Raises:
        UserError: Naming the first that is not.
    """
    for name, bound in bounds.items():
        least, most = bound if isinstance(bound, tuple) else (bound, MOST)
        if type(node[name]) is not int or node[name] < least:
            raise refusal(f"{prefix}{name}", node[name], f"a whole number, at least {least}")
        if node[name] > most:
            raise refusal(f"{prefix}{name}", node[name], f"a whole number, at most {most}")


def check_positive(node: Mapping[str, Any], *names: str, prefix: str = "", most: float = LARGEST) -> None:
    """Refuses what is not a number above 0, or is larger than any use has; arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) not in (int, float) or not node[name] > 0:
            raise refusal(f"{prefix}{name}", node[name], "a number above 0")
        if node[name] > most:
            raise refusal(f"{prefix}{name}", node[name], f"a number, at most {most}")


def check_weights(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is not a number of at least 0, or is larger than any use has.

    Arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) not in (int, float) or not node[name] >= 0:
            raise refusal(f"{prefix}{name}", node[name], "a number, at least 0")
        if node[name] > LARGEST:
            raise refusal(f"{prefix}{name}", node[name], f"a number, at most {LARGEST}")


def check_shares(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is not a number between 0 and 1, neither of them; arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) is not float or not 0 < node[name] < 1:
            raise refusal(f"{prefix}{name}", node[name], "a number above 0 and below 1")


def check_fractions(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is not a number from 0, which stands for nothing, to below 1, such as a dropout.

    Arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) not in (int, float) or not 0 <= node[name] < 1:
            raise refusal(f"{prefix}{name}", node[name], "a number, at least 0 and below 1")


def check_switches(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is neither true nor false; arguments as for `check_whole`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if type(node[name]) is not bool:
            raise refusal(f"{prefix}{name}", node[name], "true or false")
