"""Hours of video, within bounds of memory."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.videos import encode

FPS, SECONDS, HEIGHT, WIDTH = 10, 7200, 90, 160

CODE = """
import re, sys
from pathlib import Path
from vsumlab.summarize import main

sys.argv = ["vsumlab summarize", sys.argv[1], "-o", sys.argv[2]]
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def film() -> Iterator[np.ndarray]:
    """Two hours of scenes of 5 to 60 s, each a texture that wanders."""
    rng = np.random.default_rng(0)
    left = SECONDS * FPS
    while left > 0:
        texture = rng.integers(0, 256, (HEIGHT // 10, WIDTH // 10, 3), dtype=np.uint8)
        scene = texture.repeat(10, axis=0).repeat(10, axis=1)
        for i in range(min(left, int(rng.integers(5, 60)) * FPS)):
            yield np.roll(scene, i, axis=1)
            left -= 1


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="peaks of memory are read as Linux has them")
def test_two_hours_are_summarised_within_a_gigabyte_and_a_half(tmp_path: Path) -> None:
    path = encode(tmp_path / "long.mp4", film(), FPS, options={"preset": "ultrafast"})
    started = time.perf_counter()
    words = [sys.executable, "-c", CODE, path, tmp_path / "out"]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *said, peak = done.stdout.splitlines()
    took = time.perf_counter() - started
    print(f"\n{said}\n{SECONDS} s of video in {took:.0f} s, {int(peak) / 1024**2:.2f} GiB at most")
    assert int(peak) / 1024**2 < 1.5
    assert len(re.findall("<figure", (tmp_path / "out" / "long" / "summary.html").read_text())) >= 18 * 3
    assert (tmp_path / "out" / "long" / "summary.html").stat().st_size > 100_000
