"""Reading YouTube-8M-like training videos, stored as uint8, from a file in the page cache."""

import time

import h5py
import numpy as np
import pytest
from support.loaders import training_data

from vsumlab.data.feature_file.reader import VideoFile

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
