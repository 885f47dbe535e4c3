"""Opening an HDF5 feature file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py

from vsumlab.data.feature_file.schema import DAMAGE, one_line
from vsumlab.errors import UserError


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """A feature file to read from.

    Raises:
        UserError: If it is missing, or h5py fails on it, on opening or in the block.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; give the path of an HDF5 feature file")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except DAMAGE as error:
        raise UserError(
            f"{path}: found no readable HDF5 file ({one_line(error)}); expected one group for each "
            "video; download or write it anew"
        ) from error
