"""HDF5 files that are whole, or end in an error of the system: HDF5 itself crashes on a full disk."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

if TYPE_CHECKING:
    from typing_extensions import Buffer


class Output(io.FileIO):
    """A file that keeps its first error to itself, for HDF5 to write to.

    Where a write fails, as on a full disk, the HDF5 library goes on as if nothing had happened and crashes
    the process on closing (seen with HDF5 2.0). So it is let write into the void; the error is raised after.

    Attributes:
        error: What the system said.
    """

    error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Writes all of the data, or keeps the error."""
        rest = memoryview(data)
        size = rest.nbytes
        try:
            while rest.nbytes and not self.error:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.error = error
        return size

    def truncate(self, size: int | None = None, /) -> int:
        """Cuts or extends the file, or keeps the error."""
        try:
            return super().truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0


@contextmanager
def hdf5_output(path: Path) -> Iterator[h5py.File]:
    """A new HDF5 file to write to, which is on the disk when the block has ended.

    Raises:
        OSError: If it cannot be written, after the block; the file is of no use then.
    """
    with Output(path, "w+") as output:
        try:
            with h5py.File(output, "w") as file:
                yield file
        except Exception:
            if output.error:  # of which HDF5 says less
                raise output.error from None
            raise
        if output.error:
            raise output.error
        os.fsync(output.fileno())
