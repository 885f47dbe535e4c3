"""What a shard holds, and what is kept of it."""

from pathlib import Path

import numpy as np
import pytest
from support import tfrecords
from support.shards import kill, made_video, run

from vsumlab.youtube8m import first_pass as module
from vsumlab.youtube8m.first_pass import Findings, first_pass, load_entries, read_shard
from vsumlab.youtube8m.sample import priority
from vsumlab.youtube8m.write import write_shard

FRAME = bytes(1024)
ROTTEN = [
    tfrecords.record(tfrecords.video_record(b"good", [1], [FRAME] * 3)),
    tfrecords.record(b"no protobuf at all"),
    tfrecords.record(tfrecords.video_record(b"more", [2], [FRAME] * 2)),
    tfrecords.record(tfrecords.video_record(b"last", [3], [FRAME] * 2))[:-1] + b"?",
    b"no length",
]


@pytest.fixture
def rotten(tmp_path):
    """A shard of two sound videos, two corrupt records and a corrupt end."""
    (tmp_path / "rotten.tfrecord").write_bytes(b"".join(ROTTEN))
    return tmp_path / "rotten.tfrecord"


def offset(number):
    return sum(map(len, ROTTEN[:number]))


def test_entries_are_where_the_sound_videos_are_by_their_priority(rotten):
    entries, findings = read_shard(rotten, 3)
    assert entries["offset"].tolist() == [offset(0), offset(2)]
    assert entries["priority"].tolist() == [priority(b"good", 3), priority(b"more", 3)]
    assert findings.n_videos == 2
    assert findings.corrupt_records == (
        (offset(1), "no SequenceExample"),
        (offset(3), "wrong checksum"),
    )
    assert findings.end == (offset(4), "the file ends within a record")


def test_every_finding_is_a_line(rotten):
    lines = read_shard(rotten, 3)[1].lines(rotten)
    assert lines == [
        f"{rotten}: offset {offset(1)}: corrupt record skipped: no SequenceExample",
        f"{rotten}: offset {offset(3)}: corrupt record skipped: wrong checksum",
        f"{rotten}: offset {offset(4)}: rest of the shard skipped: the file ends within a record",
    ]
    assert Findings(3).lines(rotten) == []


def test_what_is_kept_is_what_was_found_and_is_not_read_again(rotten, tmp_path, monkeypatch):
    index = tmp_path / "index.npz"
    entries, findings = read_shard(rotten, 3)
    first = first_pass(rotten, 3, index)
    monkeypatch.setattr(module, "read_shard", None)
    second = first_pass(rotten, 3, index)
    for found in (first, second):
        assert vars(found) == vars(findings)
    np.testing.assert_array_equal(load_entries(index), entries)


def test_a_shard_that_has_changed_is_read_again(rotten, tmp_path):
    index = tmp_path / "index.npz"
    first_pass(rotten, 3, index)
    write_shard(rotten, [made_video(number) for number in range(5)])
    assert vars(first_pass(rotten, 3, index)) == vars(Findings(5))
    assert len(load_entries(index)) == 5


def test_a_shard_that_cannot_be_read_leaves_no_index(rotten, tmp_path):
    index = tmp_path / "index.npz"
    first_pass(rotten, 3, index)
    rotten.unlink()
    found = first_pass(rotten, 3, index)
    assert (found.n_videos, found.end) == (0, (0, "cannot be read: No such file or directory"))
    assert not index.exists()
    assert load_entries(index).shape == (0,)


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-30], lambda content: b"", lambda content: b"?" * 99]
)
def test_an_index_that_is_not_whole_is_made_again(rotten, tmp_path, damage):
    index: Path = tmp_path / "index.npz"
    first_pass(rotten, 3, index)
    whole = index.read_bytes()
    index.write_bytes(damage(whole))
    assert first_pass(rotten, 3, index).n_videos == 2
    assert index.read_bytes() == whole


def test_a_damaged_index_is_made_again(shards, tmp_path):
    run(shards, tmp_path / "whole.h5")
    kill("second_pass:framed", 1, shards, tmp_path / "o.h5", processes=1)
    index = tmp_path / ".o.h5.work" / "00002.index.npz"
    index.write_bytes(index.read_bytes()[:-30])
    run(shards, tmp_path / "o.h5")
    assert (tmp_path / "o.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()
