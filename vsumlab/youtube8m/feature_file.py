"""The feature file that a sample of YouTube-8M is stored in."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

import h5py

from vsumlab.core.hdf5_output import Output
from vsumlab.youtube8m.sequence_example import FrameLevelVideo


def write_feature_file(
    path: Path, videos: Iterable[FrameLevelVideo], attributes: Mapping[str, int | str | bool]
) -> None:
    """Writes a group for each video, with `features` (T, 1024) uint8 and the attribute `labels`.

    The features are neither chunked nor compressed, so that a video is one read at a fixed place: they are
    quantised already, and hardly get smaller. The same videos in the same order make the same bytes.

    Raises:
        OSError: The file cannot be written.
    """
    with Output(path, "w+") as output:
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


def group_name(video_id: bytes) -> str:
    """An id as the name of a group: percent-encoded where HDF5 would not take it as it is.

    Letters, digits, `_`, `-`, `~` and `.` stay; YouTube-8M's own ids have no others. No two ids share a name.
    """
    name = quote(video_id, safe="")
    return "%2E" if name == "." else name  # to HDF5, "." is the group that it is in
