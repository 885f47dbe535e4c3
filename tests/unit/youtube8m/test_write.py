"""Shards that are written are the framed records of their videos, and nothing more."""

from support import tfrecords
from support.shards import made_video

from vsumlab.youtube8m.sequence_example import encode
from vsumlab.youtube8m.write import write_shard

VIDEOS = [made_video(number) for number in range(3)]


def test_a_shard_is_its_videos_records_one_after_the_other(tmp_path):
    write_shard(tmp_path / "shard", iter(VIDEOS))
    expected = b"".join(tfrecords.record(encode(video)) for video in VIDEOS)
    assert (tmp_path / "shard").read_bytes() == expected


def test_a_shard_of_no_videos_is_empty_and_replaces_what_was_there(tmp_path):
    (tmp_path / "shard").write_bytes(b"old")
    write_shard(tmp_path / "shard", [])
    assert (tmp_path / "shard").read_bytes() == b""
