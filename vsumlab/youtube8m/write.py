"""Writes shards in YouTube-8M's layout, for the demo and the tests."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vsumlab.youtube8m.sequence_example import FrameLevelVideo, encode
from vsumlab.youtube8m.tfrecord import framed


def write_shard(path: Path, videos: Iterable[FrameLevelVideo]) -> None:
    """Writes a TFRecord file with a record for each video."""
    with path.open("wb") as file:
        for video in videos:
            file.write(framed(encode(video)))
