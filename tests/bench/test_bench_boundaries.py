"""Kernel temporal segmentation against a plain dynamic programme, and of videos of hours."""

import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from support import plain_boundaries as plain
from support.clock import seconds
from support.made import made_features

from vsumlab.summary.boundaries import shot_boundaries

D = 1024


def test_a_thousand_frames(benchmark) -> None:
    features = made_features(0, 1000, D)
    measured = {}

    def measure() -> None:
        measured["ours"] = seconds(lambda: shot_boundaries(features), rounds=5)
        for most in (150, None):
            started = time.perf_counter()
            measured["found"] = plain.boundaries(features, most=most)
            measured[most] = time.perf_counter() - started
            assert measured["found"] == shot_boundaries(features).tolist()

    benchmark.pedantic(measure, rounds=1)
    ours = measured["ours"]
    print(
        f"\nShot boundaries of 1,000 frames, {D} dimensions, the same {len(measured['found'])}: {ours:.3f} s"
    )
    for most, name in ((None, "all numbers of change points"), (150, "at most 150")):
        ratio = measured[most] / ours
        print(f"  plain, {name}: {measured[most]:.1f} s, {ratio:.0f} times as long")


LONG = """
import re, sys, time
from pathlib import Path
import numpy as np
from vsumlab.summary.boundaries import shot_boundaries

features = np.load(sys.argv[1])
started = time.perf_counter()
boundaries = shot_boundaries(features)
seconds = time.perf_counter() - started
print(len(boundaries), seconds, re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read as Linux has them")
def test_videos_of_hours(benchmark, tmp_path) -> None:
    measured = {}

    def measure() -> None:
        for n_frames in (3_000, 7_200, 14_400):
            for kind, scale in (("short shots", 1.0), ("long shots", 0.35)):
                path = tmp_path / "features.npy"
                np.save(path, scale * made_features(0, n_frames, D))
                command = [sys.executable, "-c", LONG, str(path)]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
                measured[n_frames, kind] = [float(number) for number in done.stdout.split()]

    benchmark.pedantic(measure, rounds=1)
    print(f"\nShot boundaries, {D} dimensions, {torch.get_num_threads()} threads; peak of the whole process:")
    for (n_frames, kind), (found, duration, kilobytes) in measured.items():
        gigabytes = kilobytes * 1024 / 1e9
        print(f"  T = {n_frames:6}, {kind:11}: {duration:6.2f} s, {gigabytes:.2f} GB, {found:.0f} boundaries")
        assert gigabytes < 1
