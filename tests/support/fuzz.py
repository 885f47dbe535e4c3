"""Damaged and hostile files by the hundred, each read in a child process, within limits of memory and time.

    faults(cases, read, folder)

has a child process write each case's file and `read` it. A case is right if `read` returns, or raises a
`UserError` of one line, as the case demands. All else is a fault: another error, a crash, too much time or
memory. A child goes on from case to case, so that a thousand take seconds; another one follows it if it dies.
"""

from __future__ import annotations

import os
import random
import resource
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal, NamedTuple

from support.damaged import damaged
from support.shown import is_line
from vsumlab.errors import UserError

MEMORY = 2**30
"""Bytes that reading a case may take on top of what the process has."""
SECONDS = 20.0
"""That a case may take."""

Outcome = Literal["read", "refused", "either"]
Read = Callable[[Path], object]


class Case(NamedTuple):
    """A file.

    Attributes:
        name: What was done to it, with its seed; the file's name in the folder.
        write: Writes it.
        outcome: What it is to come to.
    """

    name: str
    write: Callable[[Path], object]
    outcome: Outcome = "either"


def faults(cases: Sequence[Case], read: Read, folder: Path) -> dict[str, str]:
    """What went wrong, by case; nothing of those that came to what they should."""
    found: dict[str, str] = {}
    pending = [*cases]
    while pending:
        done, died = _batch(pending, read, folder)
        found |= {name: said for name, said in done if said}
        pending = pending[len(done) :]
        if died:
            found[pending.pop(0).name] = died
    return found


def _batch(cases: Sequence[Case], read: Read, folder: Path) -> tuple[list[tuple[str, str]], str]:
    """What became of the cases that a child got through, and how it died of the next."""
    here, there = Pipe(duplex=False)
    child = os.fork()
    if not child:
        _child(cases, read, folder, there)
    there.close()
    done: list[tuple[str, str]] = []
    died = ""
    with here:
        while len(done) < len(cases) and not died:
            if not here.poll(SECONDS):
                died = f"still busy after {SECONDS:g} s"
                os.kill(child, signal.SIGKILL)
            else:
                try:
                    done.append(here.recv())
                except EOFError:
                    died = "died"
    _, status = os.waitpid(child, 0)
    return done, f"{died}: {signal.strsignal(status & 127) if status & 127 else status >> 8}" if died else ""


def _child(cases: Sequence[Case], read: Read, folder: Path, pipe: Connection) -> None:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + MEMORY
        for case in cases:
            path = folder / case.name
            case.write(path)
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))  # the child that tries it sets its own
            pipe.send((case.name, said(case, read, path)))
            path.unlink(missing_ok=True)
    finally:
        os._exit(0)


def said(case: Case, read: Read, path: Path) -> str:
    """What is wrong with what became of a case; empty if nothing is."""
    started = time.monotonic()
    try:
        read(path)
        became = "read"
    except UserError as error:
        became = "refused"
        if not is_line(str(error)) or len(str(error)) > 2500:
            return f"refused in more than a line: {error}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"
    if case.outcome not in ("either", became):
        return f"was {became}, and had to be {case.outcome}"
    seconds = time.monotonic() - started
    return f"took {seconds:.0f} s" if seconds > SECONDS else ""


def damages(name: str, content: bytes, seeds: range) -> Iterator[Case]:
    """A file with damaged bytes for each seed."""

    def write(path: Path, seed: int) -> None:
        path.write_bytes(damaged(content, random.Random(seed)))

    for seed in seeds:
        yield Case(f"{seed}_{name}", lambda path, seed=seed: write(path, seed))
