"""How many megabytes of TFRecord a second become a feature file, by one process and by two.

The shards are in the page cache, so it is the processors that are timed. 4 GB under 32 names are 127 MB on
disk: the videos of the other names are copies, and read all the same.
"""

import io
import shutil
from statistics import median

import numpy as np
import pytest
from rich.console import Console

from vsumlab.youtube8m.convert import convert
from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.work import Job
from vsumlab.youtube8m.write import write_shard

N_VIDEOS, N_FRAMES, NAMES = 470, 230, 32


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shards")
    rng = np.random.default_rng(0)

    def video(number):
        rgb, audio = (rng.integers(0, 256, (N_FRAMES, width), dtype=np.uint8) for width in (1024, 128))
        return FrameLevelVideo(b"%04d" % number, rng.integers(0, 4000, 3), rgb, audio)

    first = folder / "0.tfrecord"
    write_shard(first, map(video, range(N_VIDEOS)))
    for name in range(1, NAMES):
        (folder / f"{name}.tfrecord").hardlink_to(first)
    yield tuple(sorted(folder.iterdir()))
    shutil.rmtree(folder)


@pytest.mark.parametrize("processes", [1, 2])
def test_conversion(benchmark, shards, tmp_path, capsys, processes):
    output = tmp_path / "o.h5"

    def once():
        convert(Job(shards, output, 100, 0), processes, Console(file=io.StringIO()))

    benchmark.pedantic(once, setup=lambda: output.unlink(missing_ok=True), rounds=3)
    assert output.stat().st_size > 100 * N_FRAMES * 1024
    if benchmark.disabled:
        return
    megabytes = sum(shard.stat().st_size for shard in shards) / 1e6
    rate = megabytes / median(benchmark.stats.stats.data)
    benchmark.extra_info["MB/s"] = rate
    with capsys.disabled():
        print(f"\nYouTube-8M, {megabytes:.0f} MB of TFRecord, {processes} processes: {rate:.0f} MB/s")
