"""The whole conversion: the same file however it comes about, and what corruption does to it."""

import io
import os
import subprocess
import sys

import h5py
import numpy as np
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rich.console import Console
from support import tfrecords
from support.shards import by_hand, contents, kill, made_video, run

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.youtube8m import first_pass, second_pass
from vsumlab.youtube8m.convert import convert, find_shards
from vsumlab.youtube8m.sample import priority
from vsumlab.youtube8m.work import Job, WorkFolder
from vsumlab.youtube8m.write import write_shard


def test_holds_the_videos_of_smallest_priority(shards, tmp_path):
    output = tmp_path / "o.h5"
    converted, said = run(shards, output)
    videos = by_hand(shards)
    expected = sorted(videos, key=lambda video_id: priority(video_id, 3))[:12]
    assert contents(output) == {video_id: videos[video_id] for video_id in expected}
    assert (converted.n_videos, converted.videos_seen, said) == (12, 30, "")
    with h5py.File(output) as file:
        assert dict(file.attrs) == {
            "format_version": 1,
            "quantized": True,
            "source": "YouTube-8M: 6 TFRecord shards, train0000.tfrecord to train0005.tfrecord",
            "seed": 3,
            "videos_seen": 30,
            "corrupt_records": 0,
            "corrupt_shards": 0,
        }
        for group in file.values():
            features = group["features"]
            assert (features.dtype, features.chunks, features.compression) == (np.uint8, None, None)
    assert {path.name for path in tmp_path.iterdir()} == {"shards", "o.h5"}


def test_the_reader_of_feature_files_takes_it(shards, tmp_path):
    run(shards, tmp_path / "o.h5")
    videos = VideoFile(tmp_path / "o.h5", evaluated=False)
    assert (len(videos), videos.feature_dim) == (12, 1024)


def test_same_bytes_for_one_two_and_three_processes(shards, tmp_path):
    damaged = bytearray(shards[3].read_bytes())
    damaged[500] ^= 1
    shards[3].write_bytes(damaged)
    outputs = [tmp_path / f"o{processes}.h5" for processes in (1, 2, 3)]
    said = [run(shards, output, processes=processes)[1] for processes, output in enumerate(outputs, 1)]
    assert len({output.read_bytes() for output in outputs}) == 1
    assert len(set(said)) == 1
    assert "corrupt record" in said[0]


def test_another_seed_another_sample(shards, tmp_path):
    for seed in (0, 1):
        run(shards, tmp_path / f"o{seed}.h5", seed=seed)
    assert contents(tmp_path / "o0.h5").keys() != contents(tmp_path / "o1.h5").keys()


def test_fewer_videos_than_asked(shards, tmp_path):
    converted, _ = run(shards, tmp_path / "o.h5", count=1000)
    assert (converted.n_videos, converted.videos_seen) == (30, 30)
    assert contents(tmp_path / "o.h5") == by_hand(shards)


# where the process is killed, and what the next one may do: shards it reads, records it copies
@pytest.mark.parametrize(
    ("where", "call", "reads", "copies"),
    [
        ("first_pass:read_shard", 1, 6, 12),
        ("first_pass:read_shard", 4, 3, 12),
        ("sample:pairwise", 1, 0, 12),
        ("second_pass:framed", 1, 0, 12),
        ("second_pass:framed", 7, 0, None),
        ("feature_file:group_name", 12, 0, 0),
        ("work:WorkFolder.remove", 1, 0, None),
    ],
)
def test_after_a_kill_only_the_rest_is_done(shards, tmp_path, monkeypatch, where, call, reads, copies):
    run(shards, tmp_path / "whole.h5")
    output = tmp_path / "o.h5"
    killed = kill(where, call, shards, output)
    assert killed.returncode == -9
    if where.endswith("remove"):
        with pytest.raises(UserError, match="exists already"):
            run(shards, output)
    else:
        assert not output.exists()
        n_reads, n_copies = [], []
        monkeypatch.setattr(first_pass, "read_shard", counting(first_pass.read_shard, n_reads))
        monkeypatch.setattr(second_pass, "framed", counting(second_pass.framed, n_copies))
        run(shards, output)
        assert len(n_reads) == reads
        assert len(n_copies) == copies if copies is not None else 0 < len(n_copies) < 12
    assert output.read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_the_folder_is_removed_when_its_lock_is_closed(shards, tmp_path, monkeypatch):
    """NFS keeps a file that is open under another name, and with it the folder."""
    remove = WorkFolder.remove

    def unlocked(work):
        with FileLock(work.path / "lock", timeout=0):
            pass
        remove(work)

    monkeypatch.setattr(WorkFolder, "remove", unlocked)
    run(shards, tmp_path / "o.h5")
    assert not list(tmp_path.glob(".*"))


def counting(function, calls):
    def counted(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return counted


def test_a_shard_that_changed_after_a_kill_is_read_again(shards, tmp_path):
    kill("feature_file:group_name", 12, shards, tmp_path / "o.h5")
    write_shard(shards[0], [made_video(number) for number in range(60, 70)])
    run(shards, tmp_path / "o.h5")
    run(shards, tmp_path / "anew.h5")
    assert (tmp_path / "o.h5").read_bytes() == (tmp_path / "anew.h5").read_bytes()


def test_a_shard_that_reads_otherwise_the_second_time_ends_the_job(shards, tmp_path, monkeypatch):
    pretended = first_pass.priority
    monkeypatch.setattr(second_pass, "priority", lambda video_id, seed: pretended(video_id + b"?", seed))
    with pytest.raises(UserError, match=r"train000\d.tfrecord: does not read as it did before"):
        run(shards, tmp_path / "o.h5")
    assert not (tmp_path / "o.h5").exists()


# one shard of four videos and a sound one; where each record begins is read by hand
SMALL = [made_video(number, frames=2) for number in range(4)]


@pytest.fixture(scope="module")
def flipping(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flipping")
    write_shard(folder / "a.tfrecord", SMALL)
    write_shard(folder / "b.tfrecord", [made_video(number, frames=2) for number in range(4, 7)])
    return folder, (folder / "a.tfrecord").read_bytes(), by_hand(find_shards([str(folder)]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@example(0.0, 1)
@example(0.9999999, 1)
def test_a_changed_byte_costs_its_record_or_the_rest_of_its_shard_and_is_reported(flipping, where, mask):
    folder, sound, videos = flipping
    position = int(where * len(sound))
    damaged = bytearray(sound)
    damaged[position] ^= mask
    shard, output = folder / "a.tfrecord", folder / "o.h5"
    shard.write_bytes(damaged)
    output.unlink(missing_ok=True)

    converted, said = run(find_shards([str(folder)]), output, count=100)

    begins = [offset for offset, _ in tfrecords.split(sound)]
    hit = max(i for i, begin in enumerate(begins) if begin <= position)
    in_header = position < begins[hit] + 12
    lost = {video.id for i, video in enumerate(SMALL) if i == hit or (in_header and i > hit)}
    assert contents(output) == {key: value for key, value in videos.items() if key not in lost}
    assert (converted.corrupt_records, converted.corrupt_shards) == ((0, 1) if in_header else (1, 0))
    assert said.count("\n") == 1
    assert said.startswith(f"vsumlab: {shard}: offset {begins[hit]}: ")
    with h5py.File(output) as file:
        assert file.attrs["corrupt_records"] == converted.corrupt_records
        assert file.attrs["corrupt_shards"] == converted.corrupt_shards


def test_a_truncated_shard_gives_what_precedes(shards, tmp_path):
    content = shards[4].read_bytes()
    whole = by_hand(shards)
    shards[4].write_bytes(content[:-10])
    converted, said = run(shards, tmp_path / "o.h5", count=100)
    assert contents(tmp_path / "o.h5") == {key: whole[key] for key in whole if key != b"id24"}
    assert (converted.corrupt_records, converted.corrupt_shards) == (0, 1)
    last = tfrecords.split(content)[-1][0]
    assert (
        said
        == f"vsumlab: {shards[4]}: offset {last}: rest of the shard skipped: the file ends within a record\n"
    )


def test_a_shard_that_cannot_be_read_is_skipped_and_tried_again_later(shards, tmp_path):
    missing = shards[1].with_name("train0001.away")
    shards[1].rename(missing)
    converted, said = run(shards, tmp_path / "o.h5", count=100)
    assert (converted.n_videos, converted.corrupt_shards) == (25, 1)
    assert said.startswith(
        f"vsumlab: {shards[1]}: offset 0: rest of the shard skipped: cannot be read: No such"
    )

    kill("second_pass:framed", 1, shards, tmp_path / "later.h5", processes=1)
    missing.rename(shards[1])
    run(shards, tmp_path / "later.h5")
    run(shards, tmp_path / "anew.h5")
    assert (tmp_path / "later.h5").read_bytes() == (tmp_path / "anew.h5").read_bytes()


def test_records_without_usable_frames_are_corrupt(tmp_path):
    frame = bytes(1024)
    records = [
        tfrecords.video_record(b"good", [1], [frame] * 3),
        tfrecords.video_record(b"short", [1], [frame, frame[:-1]]),
        tfrecords.assemble({"id": tfrecords.bytes_feature(b"none")}, {"audio": [frame[:128]]}),
        b"no protobuf at all",
    ]
    (tmp_path / "s.tfrecord").write_bytes(b"".join(map(tfrecords.record, records)))
    converted, said = run([tmp_path / "s.tfrecord"], tmp_path / "o.h5")
    assert (converted.n_videos, converted.videos_seen, converted.corrupt_records) == (1, 1, 3)
    assert [line.rpartition(": ")[2] for line in said.splitlines()] == [
        "an rgb frame of 1023 bytes instead of 1024",
        "no rgb",
        "no SequenceExample",
    ]


def test_no_video_at_all_is_an_error(tmp_path):
    (tmp_path / "s.tfrecord").write_bytes(b"no TFRecord")
    with pytest.raises(UserError, match="found no video"):
        run([tmp_path / "s.tfrecord"], tmp_path / "o.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["s.tfrecord"]


# no room for the first file that is kept, for a copy, for the output, and for the output's last bytes
@pytest.mark.parametrize("room", [10, 5_000, 60_000, 150_000])
def test_a_full_disk_is_one_line(shards, tmp_path, room):
    run(shards, tmp_path / "whole.h5", count=10_000, seed=0)
    assert (tmp_path / "whole.h5").stat().st_size > 150_000
    code = (
        "import resource, sys; from vsumlab.youtube8m.__main__ import main; "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room})); main()"
    )
    arguments = [*shards, "-o", tmp_path / "o.h5", "--processes", "1"]
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"vsumlab: {tmp_path}/o.h5: cannot be written: ")
    assert ended.stderr.count("\n") == 1
    run(shards, tmp_path / "o.h5", count=10_000, seed=0)  # with room again, it goes on
    assert (tmp_path / "o.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def test_a_bar_on_a_terminal(shards, tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True)
    convert(Job(shards, tmp_path / "o.h5", 12, 0), 1, console)
    assert "reading" in console.file.getvalue()
    assert "12/12" in console.file.getvalue()


def test_memory_does_not_grow_with_the_videos(tmp_path):
    """Peak memory for 50 videos of 64 frames and for 16 times as many, all drawn: 4 and 58 MB of records."""
    peaks = []
    for n_shards in (1, 16):
        folder = tmp_path / str(n_shards)
        folder.mkdir()
        for shard in range(n_shards):
            videos = (made_video(shard * 50 + i, 64, b"%d" % (shard * 50 + i)) for i in range(50))
            write_shard(folder / f"{shard}.tfrecord", videos)
        command = [sys.executable, "-m", "vsumlab.youtube8m", folder, "-o", tmp_path / f"{n_shards}.h5"]
        process = subprocess.Popen([*command, "--processes", "1"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        assert status == 0
        process.returncode = 0
        peaks.append(usage.ru_maxrss / 1024)
    assert (tmp_path / "16.h5").stat().st_size > 50e6
    assert peaks[1] < peaks[0] + 8


def test_shards_are_found_by_file_folder_and_glob_each_once(tmp_path):
    names = ("b.tfrecord", "a.tfrecord", "deeper/c.tfrecord", "other.txt", "[x].tfrecord")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    a, b, c, x = (
        tmp_path / name for name in ("a.tfrecord", "b.tfrecord", "deeper/c.tfrecord", "[x].tfrecord")
    )
    assert find_shards([str(tmp_path)]) == tuple(sorted((a, b, c, x)))
    assert find_shards([str(b), str(a), str(b)]) == (a, b)
    assert find_shards([f"{tmp_path}/**/?.tfrecord", str(a)]) == (a, b, c)
    assert find_shards([str(x)]) == (x,)
    assert find_shards([str(tmp_path / "other.txt")]) == (tmp_path / "other.txt",)


@pytest.mark.parametrize("given", ["nothing.tfrecord", "*.tfrecord", "empty"])
def test_what_stands_for_no_shard_is_refused(tmp_path, given):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no TFRecord file there"):
        find_shards([str(tmp_path / given)])
