"""Whether HDF5's library survives a file: it dies of some damage or never ends, so a child process tries."""

from __future__ import annotations

import faulthandler
import os
import signal
import time
import warnings
from collections.abc import Iterator
from functools import lru_cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

import h5py

from vsumlab.core.hdf5_array import DAMAGE, RefusedError, check
from vsumlab.errors import printable

SILENT = 15.0
"""Seconds without a sign of life after which a child hangs."""
SLOWEST = 5e6
"""Bytes of a file that are looked through in a second at the least: a file can lead in circles."""
MEMORY = 2**31
"""Bytes that a child may take on top of what this process has."""
SMALL = 2**18
"""Bytes of a chunk in the file out of which gzip makes no more than 270 million."""
PLAIN_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
BLOCK = 2**26
"""Bytes of an array that are read at once, unless a row of chunks has more."""
DEEPEST = 16
"""Groups in groups; files of the field have four."""


def trial(path: Path) -> str:
    """What keeps a file from being read in this process; empty if nothing does.

    A file is tried once until it changes; processes that are forked afterwards need not try it again.
    """
    stat = path.stat()
    return _tried(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=1024)
def _tried(path: Path, inode: int, size: int, changed: int) -> str:
    if not hasattr(os, "fork"):  # Windows
        return ""
    here, there = Pipe(duplex=False)
    with here, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of other threads: the child needs none of them
        child = os.fork()
        if not child:
            _try(path, there)
        there.close()
        try:
            return _heard(here, time.monotonic() + SILENT + size / SLOWEST)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _heard(pipe: Connection, end: float) -> str:
    """The child's verdict; a point is a sign of life."""
    while time.monotonic() < end and pipe.poll(SILENT):
        try:
            said = pipe.recv_bytes().decode()
        except EOFError:
            return "HDF5's library crashes on it"
        if said != ".":
            return said.strip()
    return "HDF5's library does not come to an end with it"


def _try(path: Path, pipe: Connection) -> None:
    """Looks through the file and ends the process, without what a process does at its end."""
    said = " "
    try:
        faulthandler.disable()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # the C library says how it dies
        _limit_memory()
        last = time.monotonic()
        with h5py.File(path, "r") as file:
            for _ in look_through(file):
                if time.monotonic() - last > 0.2:
                    last = time.monotonic()
                    pipe.send_bytes(b".")
    except BaseException as error:
        said = printable(str(error).strip("'\"") or type(error).__name__, 300)
    finally:
        try:
            pipe.send_bytes(said.encode())
        finally:
            os._exit(0)


def _limit_memory() -> None:
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    statm = Path("/proc/self/statm")
    if statm.exists():  # Linux
        most = int(statm.read_text().split()[0]) * resource.getpagesize() + MEMORY
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def look_through(file: h5py.File) -> Iterator[None]:
    """Meets all groups, arrays and attributes of a file, and reads what is not plainly laid out.

    What h5py raises of one of them is left to who reads it, who can name the video. Soft links are not
    followed: they lead to what is met anyway.

    Raises:
        RefusedError: If something is in another file, too deep in this one, or does not unpack.
    """
    _read_attributes(file)
    yield from _meet(file, set(), DEEPEST)


def _meet(group: h5py.Group, seen: set[int], deeper: int) -> Iterator[None]:
    if not deeper:
        raise RefusedError(f"{group.name} is a group in more than {DEEPEST} others")
    try:
        for name in group:
            yield
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                raise RefusedError(f"{group.name.rstrip('/')}/{name} is a link to another file")
            if isinstance(link, h5py.HardLink):
                yield from _look_at(group, name, seen, deeper)
    except RefusedError:
        raise
    except DAMAGE:
        return


def _look_at(group: h5py.Group, name: str, seen: set[int], deeper: int) -> Iterator[None]:
    try:
        item = group[name]
        _read_attributes(item)
        if isinstance(item, h5py.Dataset):
            yield from _read(item)
        elif isinstance(item, h5py.Group):
            address = h5py.h5o.get_info(item.id).addr
            if address not in seen:
                seen.add(address)
                yield from _meet(item, seen, deeper - 1)
    except RefusedError:
        raise
    except DAMAGE:
        return


def _read_attributes(item: h5py.HLObject) -> None:
    try:
        for name in item.attrs:
            try:
                item.attrs[name]
            except DAMAGE:
                continue
    except DAMAGE:
        return


def _read(array: h5py.Dataset) -> Iterator[None]:
    """Reads an array that takes decoding, a block of rows at a time, unless reading refuses it anyway."""
    if array.is_virtual or array.external:
        raise RefusedError(f"{array.name} has its values in other files")
    try:
        check(array)
    except RefusedError:
        return
    if array.dtype.kind != "O" and (array.chunks is None or _unpacks_to_little(array)):
        return
    if not array.ndim:
        array[()]
        return
    of_chunk = array.chunks[0] if array.chunks else 1  # a part of a chunk takes unpacking all of it
    rows = of_chunk * max(1, BLOCK * len(array) // max(1, array.nbytes) // of_chunk)
    for first in range(0, len(array), rows):
        try:
            array[first : first + rows]
        except (OSError, MemoryError) as error:  # the parent has more memory, and would take it
            raise RefusedError(f"{array.name}: {error or 'too much memory'}") from error
        yield


def _unpacks_to_little(array: h5py.Dataset) -> bool:
    """Whether all chunks are small, and of filters that find damage, so that none needs to be tried."""
    settings = array.id.get_create_plist()
    if {settings.get_filter(i)[0] for i in range(settings.get_nfilters())} - PLAIN_FILTERS:
        return False
    sizes = [0]
    array.id.chunk_iter(lambda chunk: sizes.append(chunk.size))
    return max(sizes) <= SMALL
