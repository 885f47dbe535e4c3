"""The folder next to the output that holds what is done, so that a job that was killed goes on from there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from filelock import FileLock, Timeout

from vsumlab.errors import UserError

FORMAT_VERSION = 1
"""Of the feature file and of what is kept here: a job is not gone on with under another version."""

CLAIM_S = 60
"""How long others may take to say which job a folder is of, in seconds."""


@dataclass(frozen=True)
class Job:
    """What is to be made: the same job makes the same file.

    Attributes:
        shards: The TFRecord files, absolute and sorted.
        output: The feature file.
        count: How many videos are drawn; None for all.
        seed: Of the draw, from 0 to 2^63 - 1.
    """

    shards: tuple[Path, ...]
    output: Path
    count: int | None
    seed: int


class WorkFolder:
    """Where a job keeps what is done. Every file in it is whole: it takes its name when it is complete.

    Attributes:
        path: The folder.
        unfinished: The output while it is written.
    """

    def __init__(self, job: Job) -> None:
        self.path = job.output.with_name(f".{job.output.name}.work")
        self.unfinished = self.path / "unfinished.h5"

    def index(self, shard: int) -> Path:
        """Where the first pass keeps what a shard holds."""
        return self.path / f"{shard:05d}.index.npz"

    def records(self, shard: int) -> Path:
        """Where the second pass keeps a shard's drawn records: what the name of the file begins with."""
        return self.path / f"{shard:05d}.drawn"

    def remove(self) -> None:
        """Removes the folder with all that is in it; jobs that still do a part find it gone, all at once."""
        removed = self.path.with_name(f"{self.path.name}.{uuid4().hex}")
        self.path.replace(removed)
        shutil.rmtree(removed, ignore_errors=True)  # what is left of it is nobody's


@contextmanager
def work_folder(job: Job, alone: bool = True) -> Iterator[WorkFolder]:
    """The job's folder, new or as an earlier process left it.

    Args:
        job: Whose.
        alone: Whether it is locked against others who want it alone, as who makes the output does. Those who
            do a part need no lock: each file in the folder has one possible content and gets its name whole.

    Raises:
        UserError: The output exists, the folder holds another job or is in use, or it cannot be made.
    """
    work = WorkFolder(job)
    _refuse_existing(job.output)
    if not job.output.parent.is_dir():
        raise UserError(f"{job.output}: no such folder as {job.output.parent}; make it or choose another")
    try:
        work.path.mkdir(exist_ok=True)
        with FileLock(work.path / "lock", timeout=0) if alone else nullcontext():
            _refuse_existing(job.output)  # another process may have finished it just now
            with FileLock(work.path / "claim", timeout=CLAIM_S):
                _claim(work.path / "job.json", job)
            yield work
    except Timeout:
        raise UserError(f"{job.output}: another process is making it; wait for it or end it") from None
    except OSError as error:
        _refuse_existing(job.output)  # another process has finished it meanwhile, and removed the folder
        raise UserError(f"{job.output}: cannot be written: {reason(error)}") from error


def _refuse_existing(output: Path) -> None:
    if output.exists():
        raise UserError(f"{output}: exists already; move or delete it, or choose another name with -o")


def _claim(path: Path, job: Job) -> None:
    mine = json.loads(json.dumps({"version": FORMAT_VERSION, **asdict(job)}, default=str))
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        write_whole(path, lambda file: file.write(json.dumps(mine).encode()))
        return
    except ValueError:
        found = {}
    if found != mine:
        raise UserError(
            f"{path.parent}: holds the beginning of another job ({_difference(found, mine)}); repeat that "
            "command to finish it, or delete the folder to start anew"
        )


def _difference(found: Mapping[str, Any], mine: Mapping[str, Any]) -> str:
    names = {"shards": "shards", "count": "--videos", "seed": "--seed", "version": "version", "output": "-o"}
    other = [key for key in names if found.get(key) != mine[key]]
    return ", ".join(
        f"other {names[key]}" if key in ("shards", "output") else f"{names[key]} {_shown(found.get(key))}"
        for key in other
    )


def _shown(value: Any) -> Any:
    return "all" if value is None else value


def write_whole(path: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Writes a file that is either whole or not there, even if the machine stops or others write it, too."""
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def stamp(path: Path) -> tuple[int, int]:
    """A file's size in bytes and when it was changed in nanoseconds: another stamp, another content.

    Raises:
        OSError: There is no such file.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def reason(error: OSError) -> str:
    """What the system said, in one line without the path."""
    return error.strerror or " ".join(str(error).split())


def size(path: Path) -> int:
    """A file's size in bytes; 0 where the system does not tell."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
