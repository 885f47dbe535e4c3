"""The demo's YouTube-8M: a few made-up videos in real TFRecord shards, converted as real ones would be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console

from vsumlab.data.demo.generator import demo_features
from vsumlab.data.quantization import quantize
from vsumlab.errors import UserError
from vsumlab.youtube8m.convert import convert
from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.work import Job
from vsumlab.youtube8m.write import write_shard

NAME = "demo_youtube8m.h5"
N_SHARDS = 3
VIDEOS_A_SHARD = 12
SEED = 100
SCALE = 6.0
"""Demo features are unit vectors of numbers far below 2, the largest that a byte stands for."""


def make_demo_youtube8m(path: Path) -> None:
    """Makes the demo's YouTube-8M; a file of another name is not it, and is left to be found missing.

    Raises:
        UserError: If it cannot be written.
    """
    if path.name == NAME:
        write_demo_youtube8m(path)


def write_demo_youtube8m(path: Path) -> None:
    """Writes shards next to the feature file, in a folder of its name, and the feature file from them.

    Several processes may do so at once: each makes its own, and the last one's takes its place whole.

    Args:
        path: The feature file.

    Raises:
        UserError: They cannot be written.
    """
    final = path.with_suffix("")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".demo") as temporary:
            folder = Path(temporary).resolve() / final.name
            folder.mkdir()
            shards = tuple(folder / f"train{number:04d}.tfrecord" for number in range(N_SHARDS))
            for number, shard in enumerate(shards):
                write_shard(shard, videos(number))
            made = folder.with_suffix(".h5")
            convert(
                Job(shards, made, N_SHARDS * VIDEOS_A_SHARD, seed=0), processes=1, console=Console(quiet=True)
            )
            if not final.exists():
                with suppress(OSError):  # another process may be as far
                    folder.replace(final)
            made.replace(path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error}); make room or choose another folder with paths.data=FOLDER"
        ) from error


def videos(shard: int) -> Iterator[FrameLevelVideo]:
    """A shard's videos."""
    for number, features in enumerate(demo_features(VIDEOS_A_SHARD, SEED + shard)):
        video_id = f"{shard:02d}{number:02d}".encode()
        audio = np.zeros((len(features), 128), dtype=np.uint8)
        yield FrameLevelVideo(video_id, np.array([shard]), quantize(SCALE * features), audio)
