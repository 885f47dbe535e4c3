"""The one error that a user is meant to read, and how a front door shows it."""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What controls a terminal, breaks a line, turns the direction of text, or is no character at all."""
LONGEST = 2000
"""Of a message, in characters: names in a damaged file may be as long as the file."""


def visible(text: str) -> str:
    r"""Text that a terminal, a page or a table shows as it stands, whoever wrote it.

    Names of files and of what is in them may hold line ends, a terminal's escape sequences, what turns the
    direction of text, or bytes that are no UTF-8. These are escaped.

    >>> print(visible("a\x1b[2Jb\n"))
    a\x1b[2Jb\n
    """
    if text.isprintable():
        return text
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def printable(text: object, longest: int = LONGEST) -> str:
    r"""What a message says of something, in one line: `visible`, without the middle of what is too long.

    >>> printable("video\n1 \x1b[31m \udcff")
    'video\\n1 \\x1b[31m \\udcff'
    >>> printable("a" * 50 + "b" * 50, longest=9)
    'aaaa…bbbb'
    """
    said = str(text)
    if len(said) > longest:
        said = f"{said[: longest // 2]}…{said[-(longest // 2) :]}"
    return visible(said)


class UserError(Exception):
    """Something that the user can mend: its message is one line that says what, where and what to do."""

    def __init__(self, message: object = "") -> None:
        super().__init__(printable(own_words(str(message))))


def own_words(message: str) -> str:
    """What an error said itself, of which a DataLoader's worker makes a traceback that ends with it."""
    handed_on = re.match("Caught .* in DataLoader worker", message)
    return message.rstrip().splitlines()[-1].partition(": ")[2] if handed_on else message


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


def one_line(error: object) -> str:
    """All that an error says, in one line; h5py's are in quotes."""
    return " ".join(str(error).strip("'\"").split())


def first_line(error: Exception) -> str:
    """What an error says in its first line, or its kind if it says nothing; of others' long ones a part."""
    line = (str(error).strip() or type(error).__name__).splitlines()[0]
    return printable(line, LONGEST if isinstance(error, UserError) else 300)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Ends the process with a UserError's line and exit code 2; with HYDRA_FULL_ERROR=1, its traceback.

    Where what is printed goes to a program that reads no more of it, as `| head` does, it ends in silence.
    """
    try:
        yield
    except UserError as error:
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        print(f"vsumlab: {error}", file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:
        if not nobody_reads():
            raise
        sys.exit(1)
    finally:
        drop_unread()


def nobody_reads() -> bool:
    """Whether standard output is a pipe that is closed at its other end."""
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)  # no events but errors
    return bool(poll.poll(0))


def drop_unread() -> None:
    """Writes what was printed, or drops it where nobody reads it: Python would complain of it at its end."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
