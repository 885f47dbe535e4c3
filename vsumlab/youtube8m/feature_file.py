"""The feature file that a sample of YouTube-8M is stored in."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import h5py

from vsumlab.youtube8m.sequence_example import FrameLevelVideo

if TYPE_CHECKING:
    from typing_extensions import Buffer


def write_feature_file(
    path: Path, videos: Iterable[FrameLevelVideo], attributes: Mapping[str, int | str | bool]
) -> None:
    """Writes a group for each video, with `features` (T, 1024) uint8 and the attribute `labels`.

    The features are neither chunked nor compressed, so that a video is one read at a fixed place: they are
    quantised already, and hardly get smaller. The same videos in the same order make the same bytes.

    Raises:
        OSError: The file cannot be written.
    """
    with _Output(path, "w+") as output:
        with h5py.File(output, "w") as file:
            file.attrs.update(attributes)
            for video in videos:
                group = file.create_group(group_name(video.id))
                group.create_dataset("features", data=video.rgb)
                group.attrs["labels"] = video.labels
                if output.error:
                    break
        if output.error:
            raise output.error
        os.fsync(output.fileno())


class _Output(io.FileIO):
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


def group_name(video_id: bytes) -> str:
    """An id as the name of a group: percent-encoded where HDF5 would not take it as it is.

    Letters, digits, `_`, `-`, `~` and `.` stay; YouTube-8M's own ids have no others. No two ids share a name.
    """
    name = quote(video_id, safe="")
    return "%2E" if name == "." else name  # to HDF5, "." is the group that it is in
