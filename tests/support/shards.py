"""YouTube-8M shards of made-up videos, and the conversion of them, whole or killed."""

import io
import subprocess
import sys
from urllib.parse import unquote_to_bytes

import h5py
import numpy as np
from rich.console import Console

from support import PROJECT, tfrecords
from vsumlab.youtube8m.convert import convert
from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.work import Job
from vsumlab.youtube8m.write import write_shard

KILLED = PROJECT / "tests" / "support" / "killed.py"


def made_video(number, frames=None, video_id=None):
    """A video of 2 to 5 random frames."""
    rng = np.random.default_rng(number)
    T = frames or int(rng.integers(2, 6))
    return FrameLevelVideo(
        video_id or b"id%02d" % number,
        rng.integers(0, 4800, rng.integers(0, 4)),
        rng.integers(0, 256, (T, 1024), dtype=np.uint8),
        rng.integers(0, 256, (T, 128), dtype=np.uint8),
    )


def write_shards(folder, n_shards=6, n_videos=5):
    """Shards of different videos, but for one video that is in the first and the third."""
    folder.mkdir(exist_ok=True)
    for shard in range(n_shards):
        videos = [made_video(shard * n_videos + i) for i in range(n_videos)]
        if shard == 2:
            videos.append(made_video(99, video_id=b"id01"))
        write_shard(folder / f"train{shard:04d}.tfrecord", videos)
    return tuple(sorted(folder.iterdir()))


def run(shards, output, count=12, seed=3, processes=1):
    """Converts; gives what was made and what was said."""
    console = Console(file=io.StringIO())
    converted = convert(Job(tuple(shards), output, count, seed), processes, console)
    return converted, console.file.getvalue()


def kill(where, call, shards, output, processes=1, options=()):
    """The same as `run`, in a process that kills itself at the n-th call of a function."""
    job = ["-o", output, "--videos", "12", "--seed", "3", "--processes", str(processes), *options]
    killed = [sys.executable, KILLED, where, str(call), *shards, *job]
    return subprocess.run(killed, capture_output=True, text=True, check=False)


def command(shards, output, *options):
    """The conversion as a command line, by one process."""
    return [sys.executable, "-m", "vsumlab.youtube8m", *shards, "-o", output, "--processes", "1", *options]


def contents(path):
    """A feature file's videos: id -> rgb bytes and labels."""
    with h5py.File(path) as file:
        return {
            unquote_to_bytes(key): (group["features"][()].tobytes(), group.attrs["labels"].tolist())
            for key, group in file.items()
        }


def by_hand(shards):
    """The first copy of every video, read without the package: id -> rgb bytes and labels."""
    videos = {}
    for shard in shards:
        for _, data in tfrecords.split(shard.read_bytes()):
            video_id, labels, rgb, _ = tfrecords.walk(data)
            videos.setdefault(video_id, (b"".join(rgb), labels))
    return videos
