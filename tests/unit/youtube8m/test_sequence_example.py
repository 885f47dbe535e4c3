"""A record's content against a protobuf walker by hand, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import tfrecords
from support.tfrecords import assemble, bytes_feature, delimited, video_record

from vsumlab.youtube8m.sequence_example import (
    LONGEST_RECORD,
    FrameLevelVideo,
    RecordError,
    decode,
    encode,
)
from vsumlab.youtube8m.tfrecord import read_records
from vsumlab.youtube8m.write import write_shard

FRAME = bytes(range(256)) * 4


@st.composite
def videos(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    T = draw(st.integers(2, 5))
    labels = draw(st.lists(st.integers(0, 2**63 - 1), max_size=4))
    return FrameLevelVideo(
        draw(st.binary(min_size=1, max_size=64)),
        np.array(labels, dtype=np.int64),
        rng.integers(0, 256, (T, 1024), dtype=np.uint8),
        draw(st.sampled_from([None, rng.integers(0, 256, (T, 128), dtype=np.uint8)])),
    )


@settings(max_examples=40)
@given(st.lists(videos(), min_size=1, max_size=3))
def test_written_shards_hold_what_a_reading_by_hand_finds(tmp_path_factory, made):
    path = tmp_path_factory.mktemp("shard") / "shard"
    write_shard(path, made)
    by_hand = [tfrecords.walk(data) for _, data in tfrecords.split(path.read_bytes())]
    for video, (video_id, labels, rgb, audio) in zip(made, by_hand, strict=True):
        assert (video.id, video.labels.tolist()) == (video_id, labels)
        assert video.rgb.tobytes() == b"".join(rgb)
        assert audio == ([] if video.audio is None else [frame.tobytes() for frame in video.audio])


@settings(max_examples=40)
@given(videos(), st.booleans())
def test_reads_bytes_assembled_by_hand(tmp_path_factory, video, packed):
    data = video_record(
        video.id,
        video.labels.tolist(),
        [frame.tobytes() for frame in video.rgb],
        [frame.tobytes() for frame in video.audio] if video.audio is not None else [],
        packed,
    )
    path = tmp_path_factory.mktemp("shard") / "shard"
    path.write_bytes(tfrecords.record(data))
    ((_, read),) = read_records(path)
    decoded = decode(read)
    assert decoded.id == video.id
    np.testing.assert_array_equal(decoded.labels, video.labels)
    np.testing.assert_array_equal(decoded.rgb, video.rgb)
    assert (decoded.labels.dtype, decoded.rgb.dtype, decoded.audio) == (np.int64, np.uint8, None)


# byte by byte: tags 1, 2 and 3 are 0x0a, 0x12 and 0x1a, each followed by a length as a varint
GOLDEN = b"".join(
    [
        b"\x0a\x24",  # context, 36 bytes
        b"\x0a\x0e" + b"\x0a\x02id" + b"\x12\x08\x0a\x06\x0a\x04eXbF",
        b"\x0a\x12" + b"\x0a\x06labels" + b"\x12\x08\x1a\x06\x0a\x04\x01\xac\x02\x07",  # 1, 300, 7
        b"\x12\x9d\x10",  # feature_lists, 2077 bytes
        b"\x0a\x9a\x10" + b"\x0a\x03rgb" + b"\x12\x92\x10",
        b"\x0a\x86\x08\x0a\x83\x08\x0a\x80\x08" + FRAME,  # 1030, 1027, 1024 bytes
        b"\x0a\x86\x08\x0a\x83\x08\x0a\x80\x08" + FRAME[::-1],
    ]
)


def test_golden_bytes():
    video = decode(GOLDEN)
    assert (video.id, video.labels.tolist()) == (b"eXbF", [1, 300, 7])
    assert video.rgb.tobytes() == FRAME + FRAME[::-1]
    assert tfrecords.walk(GOLDEN) == (b"eXbF", [1, 300, 7], [FRAME, FRAME[::-1]], [])
    assert encode(video) == GOLDEN


def test_a_record_of_the_test_partition_has_no_labels():
    data = assemble({"id": bytes_feature(b"a")}, {"rgb": [FRAME, FRAME]})
    assert decode(data).labels.shape == (0,)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff" * 20, "no SequenceExample"),
        (b"", "no id"),
        (assemble({}, {"rgb": [FRAME] * 2}), "no id"),
        (video_record(b"", rgb=[FRAME] * 2), "no id"),
        (video_record(b"a" * 65, rgb=[FRAME] * 2), "no id"),
        (video_record(b"a", range(4801), [FRAME] * 2), "4801 labels"),
        (assemble({"id": bytes_feature(b"a")}, {"audio": [FRAME[:128]]}), "no rgb"),
        (video_record(b"a", rgb=[]), "0 rgb frames"),
        (video_record(b"a", rgb=[FRAME]), "1 rgb frames, fewer than 2"),
        (video_record(b"a", rgb=[FRAME, FRAME + b"x"]), "an rgb frame of 1025 bytes instead of 1024"),
        (video_record(b"a", rgb=[FRAME, b"", FRAME]), "an rgb frame of 0 bytes"),
        (
            delimited(1, tfrecords.map_entry("id", bytes_feature(b"a")))
            + delimited(2, tfrecords.map_entry("rgb", delimited(1, delimited(3, b"\x08\x01")) * 2)),
            "an rgb frame that is not one string",
        ),
        (  # on the wire, as long as two frames, and with a frame's head in the middle
            video_record(b"a", rgb=[FRAME, FRAME + b"\x0a\x86\x08\x0a\x83\x08\x0a\x80\x08" + FRAME]),
            "an rgb frame of 2057 bytes instead of 1024",
        ),
    ],
)
def test_refuses(data, reason):
    with pytest.raises(RecordError, match=reason):
        decode(data)


def test_encoding_is_repeatable():
    video = FrameLevelVideo(b"a", np.arange(9), np.zeros((3, 1024), np.uint8), np.zeros((3, 128), np.uint8))
    assert len({encode(video) for _ in range(20)}) == 1


def test_a_record_longer_than_any_video_is_refused_before_it_is_decoded() -> None:
    """Of empty features of two bytes each, protobuf would make gigabytes."""
    with pytest.raises(RecordError, match="bytes, more than any video has"):
        decode(bytes(LONGEST_RECORD + 1))
