"""The one error that a user is meant to read, and how a front door shows it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Something that the user can mend: its message is one line that says what, where and what to do."""


class CodeError(UserError):
    """An error in a user's own code: the run's folder keeps its traceback, in `run.log`."""


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Imports of what only an extra of this package installs.

    Raises:
        UserError: If it is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is not installed: pip install 'vsumlab[{extra}]'") from error


def first_line(error: Exception) -> str:
    """What an error says in its first line, or its kind if it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Ends the process with a UserError's line and exit code 2; with HYDRA_FULL_ERROR=1, its traceback."""
    try:
        yield
    except UserError as error:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        print(f"vsumlab: {error}", file=sys.stderr)
        sys.exit(2)
