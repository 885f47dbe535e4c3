"""Whose classes may be made from names in files that somebody else may have written.

A run folder names the class of its method, and to import a module is to run it. So before anything is
imported a name is compared with the packages that may be named: this one, those that register methods, and
those that the user trusts.
"""

from __future__ import annotations

import argparse
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from vsumlab.errors import UserError

if TYPE_CHECKING:
    from vsumlab.methods.summarizer import Summarizer

GROUP = "vsumlab.methods"
"""The entry points by which packages register methods."""

_trusted: ContextVar[frozenset[str]] = ContextVar("trusted", default=frozenset())


@contextmanager
def trusting(packages: str | Iterable[str]) -> Iterator[None]:
    """Trusts one more package, module or class, or several, by dotted names, until the block ends."""
    more = [packages] if isinstance(packages, str) else packages
    before = _trusted.set(_trusted.get() | {*more})
    try:
        yield
    finally:
        _trusted.reset(before)


def add_trust(parser: argparse.ArgumentParser) -> None:
    """Adds an option `--trust PACKAGE` to a command line."""
    parser.add_argument(
        "--trust",
        action="append",
        default=[],
        metavar="PACKAGE",
        help="a package or module whose classes a run folder may name, although importing it runs its code; "
        "may be repeated; without it those of vsumlab and of packages that register methods",
    )


def trusted_by_user(target: str) -> bool:
    """Whether a dotted name is of a package that the user trusts, whatever it names there."""
    return is_of(target, _trusted.get())


def may_be_method(target: str) -> bool:
    """Whether a dotted name is of a package that a method may be of; nothing is imported."""
    registered = {point.module.partition(".")[0] for point in entry_points(group=GROUP)}
    return is_of(target, {"vsumlab", *registered}) or trusted_by_user(target)


def is_of(target: str, packages: Iterable[str]) -> bool:
    """Whether a dotted name is of one of some packages or modules, or is one of them.

    >>> is_of("ours.methods:Mine", ["ours"]), is_of("ours_too.Mine", ["ours"])
    (True, False)
    """
    name = target.replace(":", ".")
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def trusted_method(target: str, place: object) -> type[Summarizer]:
    """The class of a method that a file names.

    One that the process has imported already is found, whoever made it, as in a notebook that defines it.

    Args:
        target: Its dotted name, also with a colon before the name in the module.
        place: The file, for the message.

    Raises:
        UserError: If it is of a package that may not be named, which is not imported then, if there is no
            such class, or if it is no method.
    """
    from vsumlab.methods.summarizer import Summarizer  # torch takes seconds to import

    found = imported(target)
    if found is None:
        if not may_be_method(target):
            package = target.replace(":", ".").partition(".")[0]
            raise UserError(
                f"{place}: names {target!r}, and to import that runs its code: if you know who wrote it, "
                f"say trust=[{package}] where you load or train, --trust {package} in other commands"
            )
        try:
            found = pkgutil.resolve_name(target)
        except Exception as error:  # there is none, or a trusted module raises whatever it likes
            raise UserError(
                f"{place}: names {target!r}, which cannot be imported ({type(error).__name__}): install it"
            ) from error
    if not (isinstance(found, type) and issubclass(found, Summarizer)):
        raise UserError(f"{place}: names {target!r}, which is no method: move the folder away")
    return found


def imported(target: str) -> type[Summarizer] | None:
    """A method's class in a module that is imported already; None where there is none of this name."""
    from vsumlab.methods.summarizer import Summarizer

    module, _, name = target.replace(":", ".").rpartition(".")
    found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    return found if isinstance(found, type) and issubclass(found, Summarizer) else None
