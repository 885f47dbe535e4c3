"""Opening an HDF5 file that someone else may have made, or that may be damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from vsumlab.core.files import check_file
from vsumlab.core.hdf5_array import DAMAGE
from vsumlab.core.hdf5_trial import trial
from vsumlab.errors import UserError, one_line


@contextmanager
def opened(path: Path, kind: str, expected: str, found: str = "no readable HDF5 file") -> Iterator[h5py.File]:
    """A file to read from; its arrays are to be read with `hdf5_array.stored`.

    Args:
        path: The file.
        kind: What it should be, as `an HDF5 feature file`.
        expected: What should be in it, and what to do if it is not, as
            `one group for each video; write it anew`.
        found: What it is instead, if it cannot be read.

    Raises:
        UserError: If it is missing or no regular file, has something in other files, HDF5's library does not
            survive it, or h5py fails on it, on opening or in the block.
    """
    check_file(path, f"give the path of {kind}")
    try:
        if reason := trial(path):
            raise OSError(reason)
        with h5py.File(path, "r") as file:
            yield file
    except DAMAGE as error:
        raise UserError(f"{path}: found {found} ({one_line(error)}); expected {expected}") from error
