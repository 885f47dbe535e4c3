"""The demo's YouTube-8M: a few made-up videos in real TFRecord shards, converted as real ones would be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from rich.console import Console

from vsumlab.data.demo import demo_features
from vsumlab.data.youtube8m.convert import convert
from vsumlab.data.youtube8m.quantization import quantize
from vsumlab.data.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.data.youtube8m.work import Job
from vsumlab.data.youtube8m.write import write_shard
from vsumlab.errors import UserError

N_SHARDS = 3
VIDEOS_A_SHARD = 12
SEED = 100
SCALE = 6.0
"""Demo features are unit vectors of numbers far below 2, the largest that a byte stands for."""


def write_demo_youtube8m(path: Path) -> None:
    """Writes shards beside the feature file, in a folder of its name, and the feature file from them.

    Args:
        path: The feature file.

    Raises:
        UserError: They cannot be written.
    """
    folder = path.with_suffix("")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        shards = tuple(folder.resolve() / f"train{number:04d}.tfrecord" for number in range(N_SHARDS))
        for number, shard in enumerate(shards):
            write_shard(shard, videos(number))
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error}); make room or choose another folder with "
            "paths.data=FOLDER"
        ) from error
    job = Job(shards, path.resolve(), N_SHARDS * VIDEOS_A_SHARD, seed=0)
    convert(job, processes=1, console=Console(quiet=True))


def videos(shard: int) -> Iterator[FrameLevelVideo]:
    """A shard's videos."""
    for number, features in enumerate(demo_features(VIDEOS_A_SHARD, SEED + shard)):
        video_id = f"{shard:02d}{number:02d}".encode()
        audio = np.zeros((len(features), 128), dtype=np.uint8)
        yield FrameLevelVideo(video_id, np.array([shard]), quantize(SCALE * features), audio)
