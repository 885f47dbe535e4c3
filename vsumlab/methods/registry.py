"""The methods that there are: those of this package, and those that other packages bring as entry points.

A package brings a method by the entry point group `vsumlab.methods`:

    [project.entry-points."vsumlab.methods"]
    my_method = "my_package.my_method:MyMethod"
"""

from __future__ import annotations

import inspect
import logging
import pkgutil
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TypeGuard

import vsumlab.methods
from vsumlab.errors import UserError, first_line
from vsumlab.methods.published import TableRow, read_tables
from vsumlab.methods.summarizer import Summarizer
from vsumlab.methods.trust import GROUP, trusted_method

log = logging.getLogger(__name__)

Method = type[Summarizer]


@cache
def methods() -> dict[str, Method]:
    """The methods by name, those of this package first.

    A package here whose `__init__` exports no `Summarizer` is not a method; an entry point that cannot be
    loaded, or is no method of a name of its own, is a logged warning.
    """
    found: dict[str, Method] = {}
    for package in pkgutil.iter_modules(vsumlab.methods.__path__):
        if package.ispkg:
            exported = vars(import_module(f"vsumlab.methods.{package.name}")).values()
            found |= {each.name: each for each in exported if is_method(each)}
    for point in entry_points(group=GROUP):
        try:
            method = point.load()
        except Exception as error:  # whatever another package does when it is imported
            log.warning(
                "%s: the method %s cannot be imported: %s", point.value, point.name, first_line(error)
            )
            continue
        if not is_method(method):
            log.warning("%s: the method %s is no Summarizer with a name", point.value, point.name)
        elif found.setdefault(method.name, method) is not method:
            log.warning("%s: left out: there is another method of the name %s", point.value, method.name)
    return found


def is_method(thing: object) -> TypeGuard[Method]:
    """Whether something is a method's class."""
    return inspect.isclass(thing) and issubclass(thing, Summarizer) and hasattr(thing, "name")


def check_method(made: object, target: str) -> None:
    """Refuses what a configuration's `_target_` makes if it is no method.

    Raises:
        UserError: If it is no Summarizer, or its class has no name.
    """
    if not is_method(type(made)):
        raise UserError(
            f"{target}: is no method: derive it from vsumlab.methods.summarizer.Summarizer, and give the "
            "class a name"
        )


def method_of(target: str) -> Method | None:
    """The method that a configuration's `_target_` names, if it is trusted and can be imported here."""
    try:
        found = trusted_method(target, "config.yaml")
    except UserError:
        return None
    return found if is_method(found) else None


def tables_of(method: Method) -> tuple[TableRow, ...]:
    """The tables of results in a method's paper."""
    return read_tables(Path(inspect.getfile(method)).with_name("published.csv"))


def published_tables() -> tuple[TableRow, ...]:
    """The tables of all methods' papers."""
    return tuple(row for method in methods().values() for row in tables_of(method))


def check_published(table: str | None) -> None:
    """Refuses the name of a table that no method's paper has.

    Raises:
        UserError: Saying which there are.
    """
    tables = dict.fromkeys(row.table for row in published_tables())
    if table is not None and table not in tables:
        raise UserError(f"published={table}: expected one of {', '.join(tables)}")
