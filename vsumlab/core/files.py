"""Whether what a user names is a file at all."""

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
    if is_file(path):
        return
    try:
        reason = "no regular file" if path.exists() and not path.is_dir() else "no such file"
    except OSError as error:
        reason = f"no such file: {error.strerror}"
    raise UserError(f"{path}: {reason}; {mend}")
