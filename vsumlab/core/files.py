"""Files that a user names: whether they are files at all, and the text in them."""

from __future__ import annotations

from pathlib import Path

from vsumlab.errors import UserError


def is_file(path: Path) -> bool:
    """Whether there is a regular file: no folder, and no pipe, which would be waited for without end.

    A name that the system cannot have, as it is too long, is of none.
    """
    try:
        return path.is_file()
    except OSError:
        return False


def check_file(path: Path, mend: str) -> None:
    """Refuses what is no regular file.

    Args:
        path: As the user names it.
        mend: What to do, in the message.

    Raises:
        UserError: If it is missing, or no regular file.
    """
    if reason := _lacking(path):
        raise UserError(f"{path}: {reason}; {mend}")


def _lacking(path: Path) -> str:
    """Why it is no file; empty if it is one."""
    if is_file(path):
        return ""
    try:
        return "no regular file" if path.exists() and not path.is_dir() else "no such file"
    except OSError as error:
        return f"no such file: {error.strerror}"


def text_of(path: Path, most: int, mend: str) -> str:
    """The text of a file in UTF-8.

    Args:
        path: As the user names it.
        most: Bytes that it may have.
        mend: What to do, in the message.

    Raises:
        UserError: If it is no regular file, cannot be read, or is larger.
        UnicodeDecodeError: If it is no UTF-8.
    """
    if reason := _lacking(path):
        raise UserError(f"{path}: cannot be read ({reason}); {mend}")
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); {mend}") from error
    if len(content) > most:
        raise UserError(f"{path}: found more than {most:,} bytes; {mend}")
    return content.decode("utf-8")
