"""Feature files that are only trained on, and batches of them."""

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool


def training_data(file, batch_size, workers=0):
    """A data module that trains on all videos of a file and tests none."""
    data = VideoDataModule(None, None, 0, batch_size, seed=0, workers=workers)
    data.pool, data.fold = VideoPool(file, {}), Fold(0, file.keys, ())
    return data


def write_labelled(path: Path, lengths: Sequence[int], dim: int) -> Path:
    """A file of videos of so many frames, with random features of unit length and labels."""
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as videos:
        for number, n_frames in enumerate(lengths):
            features = rng.random((n_frames, dim), dtype=np.float32)
            videos[f"video_{number}/features"] = features / np.linalg.norm(features, axis=1, keepdims=True)
            videos[f"video_{number}/gtscore"] = rng.random(n_frames, dtype=np.float32)
    return path


def write_parts(folder: Path, dim: int = 8) -> Path:
    """Files of one dataset, `part-0.h5` to `part-3.h5`, of 3, 9, 5 and 8 quantized videos."""
    rng = np.random.default_rng(0)
    for number, n_videos in enumerate((3, 9, 5, 8)):
        with h5py.File(folder / f"part-{number}.h5", "w") as file:
            for video in range(n_videos):
                features = rng.integers(128, 256, (12, dim), dtype=np.uint8)
                file.create_group(f"{number}{video:02d}")["features"] = features
    return folder
