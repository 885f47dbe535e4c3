"""What a record of YouTube-8M's frame-level shards holds: a SequenceExample with one video.

The layout is given on https://research.google.com/youtube8m/download.html.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError

from vsumlab.data.checks import MIN_PICKS
from vsumlab.data.youtube8m.messages import SequenceExample

RGB_BYTES = 1024
AUDIO_BYTES = 128

MOST_LABELS = 4_800
"""Classes in the largest of YouTube-8M's vocabularies; an HDF5 attribute has room for 64 KB."""

LONGEST_ID = 64
"""Bytes; YouTube-8M's own ids have 4."""


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
    values: list[Sequence[bytes]] = [feature.bytes_list.value for feature in lists["rgb"].feature]
    if any(len(value) != 1 for value in values):
        raise RecordError("an rgb frame that is not one string of bytes")
    frames = [value[0] for value in values]
    wrong = set(map(len, frames)) - {RGB_BYTES}
    if wrong:
        raise RecordError(f"an rgb frame of {min(wrong)} bytes instead of {RGB_BYTES}")
    if len(frames) < MIN_PICKS:
        raise RecordError(f"{len(frames)} rgb frames, fewer than {MIN_PICKS}")
    rgb = np.frombuffer(b"".join(frames), dtype=np.uint8).reshape(len(frames), RGB_BYTES)
    return FrameLevelVideo(bytes(ids[0]), np.array(labels, dtype=np.int64), rgb)


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
