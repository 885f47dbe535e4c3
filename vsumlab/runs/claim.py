"""Who is at work in a folder: no two processes train one fold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from vsumlab.errors import UserError
from vsumlab.runs.folder import is_fold, status, writing
from vsumlab.runs.ranks import from_first_process


class BusyError(UserError):
    """Another process is at work in the folder."""


class DoneError(UserError):
    """The folder holds what is finished."""


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Whether this process alone may work in a run's or a fold's folder; it may until the block ends.

    The lock is a file, see `claim_file`; a process that dies lets go of it.

    Raises:
        UserError: If nothing can be written there.
    """
    file = claim_file(folder)
    lock = FileLock(file)
    with writing(folder):
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(Timeout):
            lock.acquire(timeout=0)
    if not lock.is_locked:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
        if status(folder) == "done":  # from now on nobody works here, so the file cannot be needed
            file.unlink(missing_ok=True)


def claim_file(folder: Path) -> Path:
    """The locked file: of a fold next to its folder, which is made anew whenever the fold is begun."""
    return folder.with_name(f".{folder.name}.running") if is_fold(folder) else folder / ".running"


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Keeps a fold's folder to this process, and to those that share its work, until the fold is done.

    Raises:
        BusyError: If another process has it.
        DoneError: If it is done.
    """
    with ExitStack() as held:

        def claim() -> str:
            if not held.enter_context(locked(folder)):
                return "busy"
            return "done" if status(folder) == "done" else "free"

        verdict = from_first_process(claim)
        if verdict == "busy":
            raise BusyError(f"{folder}: another process is at work there: choose another folder")
        if verdict == "done":
            raise DoneError(f"{folder}: is finished: choose another folder, or move this one away")
        yield
