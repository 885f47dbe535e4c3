"""The consensus direction: rarity against a loop over frames, long videos and many of them."""

import subprocess
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F
from support.clock import seconds
from torch import Tensor

from vsumlab.methods.common.rarity import rarity

D = 1024


def plain_rarity(frames: Tensor, references: Tensor, sharpness: float) -> Tensor:
    """Rarity as its formula is written: a loop over frames, distances of vectors."""
    distances = [(frame - references).square().sum(dim=-1) for frame in frames]
    median = torch.stack(distances).median()
    return torch.stack([-(-sharpness * each / median).exp().mean().log() for each in distances])


def test_plain_rarity_is_the_same() -> None:
    frames = F.normalize(torch.rand(200, 64), dim=-1)
    torch.testing.assert_close(
        rarity(frames, frames, 8.0), plain_rarity(frames, frames, 8.0), atol=1e-3, rtol=0
    )


def test_rarity(benchmark) -> None:
    measured = {}

    def measure() -> None:
        for n_frames in (300, 1000, 3000):
            frames = F.normalize(torch.rand(n_frames, D), dim=-1)
            rounds = 5 if n_frames <= 1000 else 1
            measured[n_frames] = (
                seconds(lambda frames=frames: rarity(frames, frames, 8.0), rounds),
                seconds(lambda frames=frames: plain_rarity(frames, frames, 8.0), rounds),
            )

    benchmark.pedantic(measure, rounds=1)
    print(f"\nRarity of a video's frames, {D} dimensions, {torch.get_num_threads()} threads:")
    for n_frames, (fast, plain) in measured.items():
        ratio = plain / fast
        print(
            f"  T = {n_frames:5}: {fast:.4f} s; a loop over frames {plain:.4f} s, {ratio:.1f} times as long"
        )
    assert all(number > 0 for pair in measured.values() for number in pair)


LONG = """
import resource, sys, time
import torch
from vsumlab.config import build, compose_config

method = build(compose_config(["method=consensus"]).method, feature_dim=1024).eval()
n_frames = int(sys.argv[1])
method.segments = torch.nn.functional.normalize(torch.rand(2000, 1024), dim=-1)
method.direction.data.normal_()
method.score(torch.rand(100, 1024))
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
features = torch.rand(n_frames, 1024, generator=torch.Generator().manual_seed(0))
started = time.perf_counter()
scores = method.score(features)
seconds = time.perf_counter() - started
assert scores.isfinite().all() and scores.std() > 0
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 2**20)
"""

MANY = """
import resource, sys, time
import torch
from vsumlab.config import build, compose_config
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.data.settings import Setting
import pytorch_lightning as pl

class Streamed(Setting):
    def open(self, videos): return VideoPool(videos, {"youtube8m": VideoFile(sys.argv[2], evaluated=False)})
    def n_folds(self, dataset): return 1
    def folds(self, dataset, pool): return [Fold(0, pool.other_keys, pool.evaluated.keys)]

data = VideoDataModule(Dataset("made", "", sys.argv[1], "mean", "user_scores"), Streamed("streamed"), 0, 1, 0)
data.setup()
method = build(compose_config(["method=consensus"]).method, feature_dim=data.pool.feature_dim)
silent = {"logger": False, "enable_checkpointing": False, "enable_model_summary": False}
trainer = pl.Trainer(accelerator="cpu", devices=1, max_epochs=1, limit_val_batches=0,
                     enable_progress_bar=False, use_distributed_sampler=False, **silent)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started = time.perf_counter()
trainer.fit(method, datamodule=data)
seconds = time.perf_counter() - started
assert method.direction.norm() > 0
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 2**20, len(method.segments))
"""


def measured_in_a_process(code: str, *arguments: object) -> list[float]:
    """What a process of its own prints, whose peak of memory is that of this code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def test_long_videos(benchmark) -> None:
    measured = {}

    def measure() -> None:
        for n_frames in (1_000, 10_000, 100_000):
            measured[n_frames] = measured_in_a_process(LONG, n_frames)

    benchmark.pedantic(measure, rounds=1)
    print(f"\nA video's scores, {D} dimensions, 2000 segments; memory above the start, features included:")
    for n_frames, (duration, gibibytes) in measured.items():
        print(f"  T = {n_frames:6}: {duration:8.2f} s, {gibibytes:.2f} GiB")
    assert measured[100_000][1] < 2


def test_many_videos(benchmark, video_file, tmp_path) -> None:
    rng, measured = np.random.default_rng(0), {}
    wide = {f"video_{i}": {"features": rng.standard_normal((12, 128))} for i in (1, 2, 3)}
    evaluated = video_file(changes=wide)

    def measure() -> None:
        for n_videos in (1_000, 10_000):
            path = tmp_path / f"{n_videos}.h5"
            with h5py.File(path, "w") as file:
                for number in range(n_videos):
                    file[f"{number}/features"] = rng.integers(0, 256, (120, 128), dtype=np.uint8)
            measured[n_videos] = measured_in_a_process(MANY, evaluated, path)

    benchmark.pedantic(measure, rounds=1)
    print("\nThe direction of many videos of 120 frames, 128 dimensions; memory above the start:")
    for n_videos, (duration, gibibytes, segments) in measured.items():
        print(f"  {n_videos:6} videos: {duration:8.2f} s, {gibibytes:.2f} GiB, {segments:.0f} segments")
    assert measured[10_000][1] < 1
