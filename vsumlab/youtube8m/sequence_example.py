"""What a record of YouTube-8M's frame-level shards holds: a SequenceExample with one video.

The layout is given on https://research.google.com/youtube8m/download.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from vsumlab.data.feature_file.schema import MIN_PICKS
from vsumlab.youtube8m.messages import DecodeError, SequenceExample

RGB_BYTES = 1024
AUDIO_BYTES = 128

MOST_LABELS = 4_800
"""Classes in the largest of YouTube-8M's vocabularies; an HDF5 attribute has room for 64 KB."""

LONGEST_ID = 64
"""Bytes; YouTube-8M's own ids have 4."""


LONGEST_RECORD = 32 << 20
"""Bytes, hours of video; of many empty features protobuf would make twenty times as much."""


class RecordError(Exception):
    """A record with sound checksums that holds no usable video; the message says what was found."""


@dataclass(frozen=True, eq=False)
class FrameLevelVideo:
    """A video at one frame a second.

    Attributes:
        id: YouTube-8M's id.
        labels: The classes of the video; none in YouTube-8M's test partition.
        rgb: (T, 1024) quantised Inception-V3 features after PCA.
        audio: (T, 128) quantised audio features; not read, since no summariser here uses them.
    """

    id: bytes
    labels: npt.NDArray[np.int64]
    rgb: npt.NDArray[np.uint8]
    audio: npt.NDArray[np.uint8] | None = None


def decode(data: bytes) -> FrameLevelVideo:
    """Reads a record's content.

    Raises:
        RecordError: It is no SequenceExample, or one without an id or without usable `rgb` frames.
    """
    if len(data) > LONGEST_RECORD:
        raise RecordError(f"{len(data)} bytes, more than any video has")
    try:
        example = SequenceExample.FromString(data)
    except DecodeError:
        raise RecordError("no SequenceExample") from None
    context, lists = example.context.feature, example.feature_lists.feature_list
    # looking a key up in a protobuf map would add it
    ids: Sequence[bytes] = context["id"].bytes_list.value if "id" in context else ()
    if len(ids) != 1 or not 0 < len(ids[0]) <= LONGEST_ID:
        raise RecordError(f"no id of 1 to {LONGEST_ID} bytes")
    labels = context["labels"].int64_list.value if "labels" in context else ()
    if len(labels) > MOST_LABELS:
        raise RecordError(f"{len(labels)} labels")
    if "rgb" not in lists:
        raise RecordError("no rgb")
    rgb = _rgb(lists["rgb"])
    if len(rgb) < MIN_PICKS:
        raise RecordError(f"{len(rgb)} rgb frames, fewer than {MIN_PICKS}")
    return FrameLevelVideo(bytes(ids[0]), np.array(labels, dtype=np.int64), rgb)


def _rgb(frames: Any) -> npt.NDArray[np.uint8]:
    """The frames of a FeatureList, (T, 1024).

    Frames of one length are encoded in so many bytes each, all with the same head: read as the rows of an
    array, which takes a fifth of the time of a loop over frames. The loop is for saying what is wrong.
    """
    encoded = np.frombuffer(frames.SerializeToString(), dtype=np.uint8)
    size = len(_FRAME_HEAD) + RGB_BYTES
    if len(encoded) % size == 0:
        rows = encoded.reshape(-1, size)
        if (rows[:, : len(_FRAME_HEAD)] == _FRAME_HEAD).all():
            return np.ascontiguousarray(rows[:, len(_FRAME_HEAD) :])
    for frame in frames.feature:
        values: Sequence[bytes] = frame.bytes_list.value
        if len(values) != 1:
            raise RecordError("an rgb frame that is not one string of bytes")
        if len(values[0]) != RGB_BYTES:
            raise RecordError(f"an rgb frame of {len(values[0])} bytes instead of {RGB_BYTES}")
    raise RecordError("rgb frames with more in them than bytes")


def _frame_head() -> npt.NDArray[np.uint8]:
    """What precedes the bytes of a frame in an encoded FeatureList."""
    frames = SequenceExample().feature_lists.feature_list["rgb"]
    frames.feature.add().bytes_list.value.append(bytes(RGB_BYTES))
    return np.frombuffer(frames.SerializeToString()[:-RGB_BYTES], dtype=np.uint8)


_FRAME_HEAD = _frame_head()


def encode(video: FrameLevelVideo) -> bytes:
    """Writes a record's content, the same bytes for the same video."""
    example = SequenceExample()
    example.context.feature["id"].bytes_list.value.append(video.id)
    example.context.feature["labels"].int64_list.value.extend(video.labels.tolist())
    for key, features in (("rgb", video.rgb), ("audio", video.audio)):
        if features is not None:
            frames = example.feature_lists.feature_list[key].feature
            for frame in features:
                frames.add().bytes_list.value.append(frame.tobytes())
    encoded: bytes = example.SerializeToString(deterministic=True)
    return encoded
