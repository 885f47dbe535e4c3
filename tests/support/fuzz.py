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

import h5py
import numpy as np

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


def damaged(content: bytes, seed: int) -> bytes:
    """The same bytes with some flipped or overwritten, a stretch gone or twice, or the end missing."""
    rng = random.Random(seed)
    bytes_ = bytearray(content)
    start = rng.randrange(len(bytes_))
    length = rng.choice([1, 4, 64, 512])
    kind = rng.choice(["flip", "flip", "flip", "set", "overwrite", "cut", "gone", "twice"])
    if kind == "flip":
        for _ in range(rng.choice([1, 1, 2, 4, 16])):
            bytes_[rng.randrange(len(bytes_))] ^= 1 << rng.randrange(8)
    elif kind == "set":
        for _ in range(rng.choice([1, 2, 4])):
            bytes_[rng.randrange(len(bytes_))] = rng.choice([0, 1, 127, 128, 255])
    elif kind == "overwrite":
        bytes_[start : start + length] = rng.randbytes(len(bytes_[start : start + length]))
    elif kind == "cut":
        del bytes_[start:]
    elif kind == "gone":
        del bytes_[start : start + length]
    else:
        bytes_[start:start] = bytes_[start : start + length]
    return bytes(bytes_)


def damages(name: str, content: bytes, seeds: range) -> Iterator[Case]:
    """A case for each seed."""
    for seed in seeds:
        yield Case(f"{seed}_{name}", lambda path, seed=seed: path.write_bytes(damaged(content, seed)))


ABSURD = (
    np.nan,
    np.inf,
    -np.inf,
    -1,
    0,
    1e300,
    2.0**31,
    2.0**53,
    -(2.0**63),
    float(np.finfo(np.float32).max) * 10,
    0.5,
)
"""Numbers that hardly any place of a file is meant for."""


def absurd(array: np.ndarray, seed: int) -> np.ndarray:
    """An array of numbers with another shape, dtype or order, or with absurd numbers in it."""
    rng = random.Random(seed)
    array = np.asarray(array)
    kind = rng.choice(["one", "all", "type", "fewer", "more", "axis", "order", "none", "words"])
    if kind == "one" and array.size:
        changed = array.astype(np.float64)
        changed.flat[rng.randrange(array.size)] = rng.choice(ABSURD)
        return changed
    if kind in ("one", "all"):
        return np.full(array.shape, rng.choice(ABSURD))
    if kind == "type":
        with np.errstate(all="ignore"):
            return array.astype(rng.choice(["i1", "u1", "f2", ">f8", "i8", "u8", "c8", "?", "S3", "g"]))
    if kind in ("fewer", "more") and array.ndim:
        axis = rng.randrange(array.ndim)
        return np.delete(array, -1, axis) if kind == "fewer" else np.repeat(array, 2, axis)
    if kind == "axis":
        return array[None] if rng.random() < 0.5 else array.T
    if kind == "order" and array.ndim:
        return array[::-1]
    return np.empty((0, *array.shape[1:])) if kind == "none" else np.full(array.shape, b"words")


# what an HDF5 file can have in place of an array that was written to it


def unwritten(file: h5py.File, name: str) -> None:
    """An array of the same shape that was declared and never written."""
    shape, dtype = file[name].shape, file[name].dtype
    del file[name]
    file.create_dataset(name, shape, dtype)


def unwritten_chunks(file: h5py.File, name: str) -> None:
    """An array of which the first row alone was written."""
    values = file[name][()]
    del file[name]
    array = file.create_dataset(name, values.shape, values.dtype, chunks=(1, *values.shape[1:]))
    array[:1] = values[:1]


def declared(shape: tuple[int, ...], **layout: object) -> Callable[[h5py.File, str], None]:
    """An array of any shape, never written."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file.create_dataset(name, shape, "f8", **layout)

    return change


def virtual(source: str) -> Callable[[h5py.File, str], None]:
    """An array that shows what another file has, or `.`, itself."""

    def change(file: h5py.File, name: str) -> None:
        shape, dtype = file[name].shape, file[name].dtype
        layout = h5py.VirtualLayout(shape, dtype)
        layout[...] = h5py.VirtualSource(source, name, shape=shape, dtype=dtype)
        del file[name]
        file.create_virtual_dataset(name, layout)

    return change


def external_link(target: str) -> Callable[[h5py.File, str], None]:
    """A link to another file."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file[name] = h5py.ExternalLink(target, "/" + name)

    return change


def external_values(target: str) -> Callable[[h5py.File, str], None]:
    """An array whose bytes are another file's."""

    def change(file: h5py.File, name: str) -> None:
        shape, dtype, size = file[name].shape, file[name].dtype, file[name].nbytes
        del file[name]
        file.create_dataset(name, shape, dtype, external=[(target, 0, size)])

    return change


def soft_link(target: str) -> Callable[[h5py.File, str], None]:
    """A link to a name in the same file."""

    def change(file: h5py.File, name: str) -> None:
        del file[name]
        file[name] = h5py.SoftLink(target)

    return change


IN_PLACE_OF_AN_ARRAY = {
    "unwritten": unwritten,
    "virtual": virtual("nowhere.h5"),
    "virtual_itself": virtual("."),
    "link": external_link("nowhere.h5"),
    "link_to_zeros": external_link("/dev/zero"),
    "values_of_zeros": external_values("/dev/zero"),
    "terabytes": declared((1_000_000, 500_000)),
    "terabytes_chunked": declared((1_000_000, 500_000), chunks=(1000, 100), compression="gzip"),
    "one_column_too_many": declared((2**62, 1), chunks=(1, 1)),
    "soft_circle": lambda file, name: soft_link(f"/{name}")(file, name),
    "soft_nowhere": soft_link("/nowhere/at/all"),
}
"""By name, what must be refused where the array is needed."""


def h5_cases(good: Path, names: Sequence[str]) -> Iterator[Case]:
    """Each change in place of each array that a file needs, all of which are to be refused."""
    content = good.read_bytes()

    def write(path: Path, change: Callable[[h5py.File, str], None], name: str) -> None:
        path.write_bytes(content)
        with h5py.File(path, "a") as file:
            change(file, name)

    for kind, change in IN_PLACE_OF_AN_ARRAY.items():
        for name in names:
            label = f"{kind}_{name.replace('/', '_')}.h5"
            yield Case(label, lambda path, change=change, name=name: write(path, change, name), "refused")


def absurd_cases(good: Path, names: Sequence[str], seeds: range) -> Iterator[Case]:
    """One array of a file made absurd, for each seed."""
    content = good.read_bytes()

    def write(path: Path, seed: int) -> None:
        path.write_bytes(content)
        name = random.Random(seed).choice(names)
        with h5py.File(path, "a") as file:
            values = absurd(file[name][()], seed)
            del file[name]
            file[name] = values

    for seed in seeds:
        yield Case(f"absurd_{seed}.h5", lambda path, seed=seed: write(path, seed))
