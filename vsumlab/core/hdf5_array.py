"""Arrays of HDF5 files: what they declare against what is in the file, before anything is read.

HDF5 gives zeros for what was never written or is missing elsewhere, and takes the memory a file declares.
"""

from __future__ import annotations

import math
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

UNPACKED = 2**28
"""Bytes that a compressed array may have however little it takes up in its file."""
RATIO = 50
"""How many times its room in the file a larger one may have: features take half of theirs, not a fiftieth."""

DAMAGE = (
    OSError,
    RuntimeError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    MemoryError,
)
"""What h5py has been seen to raise on damaged files, in any of its calls."""


class RefusedError(ValueError):
    """What is not read as it stands in a file; the message says what was found."""


def stored(array: h5py.Dataset) -> npt.NDArray[Any]:
    """The whole of an array.

    Raises:
        RefusedError: As `check`.
    """
    check(array)
    return np.asarray(array[()])


def check(array: h5py.Dataset) -> None:
    """Refuses an array that cannot be read from this file alone, all of it, in proportion to the file.

    Raises:
        RefusedError: If its values are in other files, were never all written, or would take much more memory
            than they do room in the file.
    """
    if array.is_virtual or array.external:
        raise RefusedError("values in other files")
    if array.shape is None or not math.prod(array.shape):
        return
    declared = math.prod(array.shape) * array.dtype.itemsize
    room = array.id.get_storage_size()
    if array.chunks is None:
        complete = room >= declared
    else:
        chunks = math.prod(
            math.ceil(length / of_chunk) for length, of_chunk in zip(array.shape, array.chunks, strict=True)
        )
        complete = array.id.get_num_chunks() >= chunks
        if complete and declared > max(UNPACKED, RATIO * room):
            raise RefusedError(f"{declared:,} bytes declared by {room:,}")
    if not complete:
        raise RefusedError(f"shape {array.shape}, of which not all was written")
