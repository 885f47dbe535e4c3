"""Opening an HDF5 feature file."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import h5py

from vsumlab.core import hdf5


def opened(path: Path) -> AbstractContextManager[h5py.File]:
    """A feature file to read from.

    Raises:
        UserError: As `core.hdf5.opened`.
    """
    return hdf5.opened(path, "an HDF5 feature file", "one group for each video; download or write it anew")
