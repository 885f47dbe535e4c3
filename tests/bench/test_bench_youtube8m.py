"""How fast TFRecords become a feature file, and videos are read from it to train on.

The shards are in the page cache, so it is the processors that are timed. 4 GB under 32 names are 127 MB on
disk: the videos of the other names are copies, and read all the same.
"""

import io
import shutil
from statistics import median

import numpy as np
import pytest
from rich.console import Console

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.feature_file.several import SeveralFiles
from vsumlab.data.fingerprint import fingerprint
from vsumlab.youtube8m.convert import convert
from vsumlab.youtube8m.feature_file import write_feature_file
from vsumlab.youtube8m.first_pass import read_shard
from vsumlab.youtube8m.second_pass import drawn_videos
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


@pytest.fixture(scope="module")
def all_videos(shards, tmp_path_factory):
    """The feature file of all videos of one shard."""
    output = tmp_path_factory.mktemp("all") / "o.h5"
    convert(Job(shards[:1], output, None, 0), 1, Console(quiet=True))
    return output


def test_first_pass(benchmark, shards, capsys):
    benchmark.pedantic(read_shard, args=(shards[0], 0), rounds=3)
    report(benchmark, capsys, "first pass", shards[0].stat().st_size)


def test_second_pass_of_all_videos_and_writing(benchmark, shards, tmp_path, capsys):
    entries, size = read_shard(shards[0], 0)[0], shards[0].stat().st_size
    output = tmp_path / "o.h5"

    def once():
        write_feature_file(output, drawn_videos(shards[0], 0, entries), {})

    benchmark.pedantic(once, setup=lambda: output.unlink(missing_ok=True), rounds=3)
    report(
        benchmark, capsys, f"all again and written, {output.stat().st_size // N_VIDEOS} bytes a video", size
    )


@pytest.mark.parametrize("n_files", [1, 2], ids=["one file", "several files"])
def test_training_videos_from_file(benchmark, all_videos, tmp_path, capsys, n_files):
    """One process that reads by itself: what a step waits for without workers."""
    paths = [all_videos]
    if n_files > 1:
        paths.append(tmp_path / "o-2.h5")
        shutil.copy(all_videos, paths[1])
    files = SeveralFiles(paths) if n_files > 1 else VideoFile(all_videos, evaluated=False)
    keys = files.share(0, 2) if n_files > 1 else files.keys
    order = np.random.default_rng(0).permutation(len(keys))

    def once():
        for place in order:
            features = files.features(keys[place]).features
            if n_files > 1:
                fingerprint(features)  # the comparison with test videos

    benchmark.pedantic(once, rounds=3)
    report(benchmark, capsys, f"training from {n_files} files", all_videos.stat().st_size)


def report(benchmark, capsys, what, n_bytes):
    """Says how fast it was, of N_VIDEOS videos and so many bytes."""
    if benchmark.disabled:
        return
    seconds = median(benchmark.stats.stats.data)
    rates = {"MB/s": n_bytes / 1e6 / seconds, "videos/s": N_VIDEOS / seconds}
    benchmark.extra_info |= rates
    with capsys.disabled():
        print(f"\nYouTube-8M, {what}: " + ", ".join(f"{rate:.0f} {unit}" for unit, rate in rates.items()))
