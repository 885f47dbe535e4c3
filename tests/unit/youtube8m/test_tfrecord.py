"""The framing against TensorFlow's own bytes, and against a reading by hand."""

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import tfrecords

from vsumlab.youtube8m.tfrecord import (
    FramingError,
    framed,
    masked_checksum,
    read_records,
    read_records_at,
)

# "foo" and "bar" as TensorFlow's TFRecordWriter wrote them (the tests of Apache Beam have these bytes, too)
BY_TENSORFLOW = base64.b64decode("AwAAAAAAAACwmUkOZm9vYYq+/gMAAAAAAAAAsJlJDmJhckYA5cg=")


def test_the_reference_itself():
    assert tfrecords.crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C in RFC 3720's catalogue
    assert tfrecords.record(b"foo") + tfrecords.record(b"bar") == BY_TENSORFLOW


def test_reads_and_writes_the_bytes_of_tensorflow(tmp_path):
    (tmp_path / "shard").write_bytes(BY_TENSORFLOW)
    assert list(read_records(tmp_path / "shard")) == [(0, b"foo"), (19, b"bar")]
    assert list(read_records_at(tmp_path / "shard", [19, 0])) == [(19, b"bar"), (0, b"foo")]
    assert framed(b"foo") + framed(b"bar") == BY_TENSORFLOW


@given(st.binary(max_size=300))
def test_checksum(data):
    assert masked_checksum(data) == tfrecords.masked(data)


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_both_ways(tmp_path_factory, contents):
    path = tmp_path_factory.mktemp("shard") / "shard"
    path.write_bytes(b"".join(map(framed, contents)))
    assert list(read_records(path)) == tfrecords.split(path.read_bytes())
    assert [data for _, data in read_records(path)] == contents


def test_an_empty_shard_has_no_records(tmp_path):
    (tmp_path / "shard").touch()
    assert list(read_records(tmp_path / "shard")) == []


@pytest.mark.parametrize("cut", range(1, 19))
def test_a_cut_record_ends_the_reading_where_it_begins(tmp_path, cut):
    (tmp_path / "shard").write_bytes(BY_TENSORFLOW[:-cut])
    records = read_records(tmp_path / "shard")
    assert next(records) == (0, b"foo")
    with pytest.raises(FramingError) as error:
        next(records)
    assert (error.value.offset, error.value.reason) == (19, "the file ends within a record")


def test_a_length_beyond_the_file_asks_for_no_memory(tmp_path):
    length = (2**62).to_bytes(8, "little")
    (tmp_path / "shard").write_bytes(length + struct.pack("<I", tfrecords.masked(length)) + b"data")
    with pytest.raises(FramingError, match="ends within"):
        list(read_records(tmp_path / "shard"))
