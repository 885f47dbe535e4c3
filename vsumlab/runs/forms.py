"""What a value of a file may be: forms from which the schema of a run folder is put together."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Form(NamedTuple):
    """What a value may be.

    Attributes:
        said: In words, after "expected".
        fits: Whether a value is so.
    """

    said: str
    fits: Callable[[Any], bool]


def whole(least: int, most: int = 2**53) -> Form:
    """A whole number in a range; JSON keeps none above 2^53 to its last digit."""
    return Form(
        f"a whole number from {least} to {most}", lambda value: type(value) is int and least <= value <= most
    )


def one_of(*values: str) -> Form:
    """One of some words."""
    return Form(f"one of {', '.join(values)}", lambda value: isinstance(value, str) and value in values)


def maybe(form: Form) -> Form:
    """A form, or nothing."""
    return Form(f"{form.said}, or null", lambda value: value is None or form.fits(value))


def list_of(form: Form) -> Form:
    """A list whose values are all of a form."""
    return Form(
        f"a list, each of it {form.said}",
        lambda value: isinstance(value, list) and all(map(form.fits, value)),
    )


def names_of(form: Form) -> Form:
    """A mapping from names to values of a form."""
    return Form(
        f"a mapping from names, each to {form.said}",
        lambda value: (
            isinstance(value, dict)
            and all(isinstance(name, str) for name in value)
            and all(map(form.fits, value.values()))
        ),
    )


def entries(needed: Mapping[str, Form], more: Mapping[str, Form] | None = None) -> Form:
    """A mapping with some entries; what else it has does not matter.

    Args:
        needed: Those that it must have.
        more: Those that it may have.
    """
    listed = ", ".join(f"{name}: {form.said}" for name, form in needed.items())

    def fits(value: Any) -> bool:
        return (
            isinstance(value, dict)
            and needed.keys() <= value.keys()
            and all(form.fits(value[name]) for name, form in needed.items())
            and all(form.fits(value[name]) for name, form in (more or {}).items() if name in value)
        )

    return Form(f"entries ({listed})", fits)


def is_plain(value: Any) -> bool:
    """Whether a value is made of text, numbers, lists and mappings by names alone."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and is_plain(item) for name, item in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return value is None or isinstance(value, str | int | float)


TEXT = Form("text", lambda value: isinstance(value, str))
NAME = Form("a name", lambda value: isinstance(value, str) and bool(value.strip()))
FLAG = Form("true or false", lambda value: isinstance(value, bool))
TIME = Form(
    "a number of seconds, at least 0",
    lambda value: type(value) in (int, float) and 0 <= value < math.inf and value < 1e12,
)
COUNT = whole(0)
PLAIN = Form("text, numbers, lists and mappings", is_plain)
