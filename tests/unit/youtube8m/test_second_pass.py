"""The drawn records, copied as they are, from a shard that reads as it did before."""

import numpy as np
import pytest
from support import tfrecords
from support.shards import made_video

from vsumlab.errors import UserError
from vsumlab.youtube8m import first_pass, second_pass
from vsumlab.youtube8m.sample import priority
from vsumlab.youtube8m.write import write_shard


@pytest.fixture
def drawn(shards):
    """Two of the first shard's entries, in the order of the offsets."""
    entries, _ = first_pass.read_shard(shards[0], 3)
    return entries[[1, 4]]


def test_a_copy_holds_the_drawn_records_byte_for_byte(shards, drawn, tmp_path):
    copy = second_pass.second_pass(shards[0], 3, drawn, tmp_path / "copy")
    records = dict(tfrecords.split(shards[0].read_bytes()))
    expected = [records[offset] for offset in drawn["offset"].tolist()]
    assert [data for _, data in tfrecords.split(copy.read_bytes())] == expected
    videos = [*second_pass.videos_in(copy)]
    assert [video.id for video in videos] == [b"id01", b"id04"]
    assert [priority(video.id, 3) for video in videos] == drawn["priority"].tolist()
    np.testing.assert_array_equal(videos[1].rgb, made_video(4).rgb)


def test_what_is_copied_is_not_copied_again_but_for_another_draw_or_shard(shards, drawn, tmp_path):
    target = tmp_path / "copy"
    copy = second_pass.second_pass(shards[0], 3, drawn, target)
    copy.write_bytes(b"left as it is")
    assert second_pass.second_pass(shards[0], 3, drawn, target) == copy
    assert copy.read_bytes() == b"left as it is"
    assert second_pass.second_pass(shards[0], 3, drawn[:1], target) != copy
    write_shard(shards[0], [made_video(number) for number in range(6)])
    assert second_pass.second_pass(shards[0], 3, drawn, target) != copy


def test_a_damaged_copy_says_what_to_do(shards, drawn, tmp_path):
    copy = second_pass.second_pass(shards[0], 3, drawn, tmp_path / "copy")
    content = bytearray(copy.read_bytes())
    content[-20] ^= 1
    for damaged, said in ((bytes(content), "wrong checksum"), (content[:-1], "ends within a record")):
        copy.write_bytes(damaged)
        with pytest.raises(UserError, match=rf"damaged \(.*{said}\); delete it"):
            [*second_pass.videos_in(copy)]


def test_another_record_at_an_offset_is_noticed(shards, drawn, tmp_path):
    swapped = drawn.copy()
    swapped["priority"] = drawn["priority"][::-1]
    with pytest.raises(UserError, match=rf"another record at offset {drawn['offset'][0]}"):
        second_pass.second_pass(shards[0], 3, swapped, tmp_path / "copy")


def test_a_shard_that_is_gone_is_noticed(shards, drawn, tmp_path):
    shards[0].unlink()
    with pytest.raises(UserError, match=r"does not read as it did before \(No such file"):
        second_pass.second_pass(shards[0], 3, drawn, tmp_path / "copy")


def test_a_shard_that_is_cut_between_the_passes_leaves_no_copy(shards, tmp_path):
    entries, _ = first_pass.read_shard(shards[0], 3)
    shards[0].write_bytes(shards[0].read_bytes()[:-1])
    with pytest.raises(UserError, match=r"\(offset \d+: the file ends within a record\)"):
        second_pass.second_pass(shards[0], 3, np.sort(entries, order="offset"), tmp_path / "copy")
    assert all(path.suffix == ".part" for path in tmp_path.glob("copy*"))
