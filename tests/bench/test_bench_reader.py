"""Reading training videos from a file in the page cache: many stored as uint8, and few again and again."""

import time

import h5py
import numpy as np
import pytest
import torch
from support.loaders import training_data

from vsumlab.data.collate import collate
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.resident import resident

N_VIDEOS, T, D = 2000, 200, 1024


@pytest.fixture(scope="module")
def videos(tmp_path_factory) -> VideoFile:
    path = tmp_path_factory.mktemp("data") / "youtube8m.h5"
    features = np.random.default_rng(0).integers(0, 256, (T, D), dtype=np.uint8)
    with h5py.File(path, "w") as file:
        for number in range(N_VIDEOS):
            file[f"{number:05d}/features"] = features
    return VideoFile(path, evaluated=False)


def test_reading_training_videos(videos, benchmark) -> None:
    rates = {}

    def measure() -> None:
        for workers in (0, 1, 2):
            data = training_data(videos, batch_size=128, workers=workers)
            batches = iter(data.train_dataloader())
            started, read = None, 0
            for batch in batches:
                if started is None:  # the processes have started
                    started = time.perf_counter()
                    continue
                read += len(batch)
            rates[workers] = read / (time.perf_counter() - started)

    benchmark.pedantic(measure, rounds=1)
    print(f"\nTraining videos of {T} frames of {D} bytes, batches of 128, from the page cache:")
    for workers, rate in rates.items():
        print(f"  {workers} workers: {rate:,.0f} videos a second")
    assert all(rate > 0 for rate in rates.values())


def test_keeping_training_videos(tmp_path, benchmark) -> None:
    features = np.random.default_rng(0).random((470, D), dtype=np.float32).astype(np.float16)
    with h5py.File(tmp_path / "videos.h5", "w") as stored:
        for number in range(40):  # a fold of TVSum, stored as its features often are
            stored.create_dataset(f"{number}/features", data=features, compression="gzip")
    file = VideoFile(tmp_path / "videos.h5", evaluated=False)
    kept = resident(file.features, torch.device("cpu"))
    seconds = {}

    def measure() -> None:
        for name, read in (("read again", file.features), ("kept", kept)):
            for _ in range(2):  # the second epoch counts
                started = time.perf_counter()
                for key in file.keys:
                    collate([read(key)])
                seconds[name] = time.perf_counter() - started

    benchmark.pedantic(measure, rounds=1)
    again = seconds["read again"]
    print(f"\nBatches of one video of 470 frames of {D} compressed numbers:")
    print(f"  {1000 * again / 40:.1f} ms read again, {again / seconds['kept']:,.1f} times as long as kept")
    assert all(took > 0 for took in seconds.values())
