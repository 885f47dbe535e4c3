"""The protobuf message that is described at run time, against bytes assembled by hand."""

import pytest
from support.tfrecords import delimited, map_entry, varint

from vsumlab.youtube8m.messages import DecodeError, SequenceExample

FLOATS = delimited(2, delimited(1, b"\x00\x00\x80\x3f\x00\x00\x00\xc0"))  # 1 and -2, packed
INTEGERS = delimited(3, delimited(1, varint(7) + varint(300)))
BYTES = delimited(1, delimited(1, b"x") + delimited(1, b"yz"))


def test_every_kind_of_feature_is_read_under_its_number():
    context = b"".join(map_entry(key, value) for key, value in (("f", FLOATS), ("i", INTEGERS), ("b", BYTES)))
    lists = map_entry("l", delimited(1, BYTES) + delimited(1, INTEGERS))
    example = SequenceExample.FromString(delimited(1, context) + delimited(2, lists))
    features = example.context.feature
    assert {key: features[key].WhichOneof("kind") for key in features} == {
        "f": "float_list",
        "i": "int64_list",
        "b": "bytes_list",
    }
    assert [*features["f"].float_list.value] == [1.0, -2.0]
    assert [*features["i"].int64_list.value] == [7, 300]
    assert [*features["b"].bytes_list.value] == [b"x", b"yz"]
    first, second = example.feature_lists.feature_list["l"].feature
    assert [*first.bytes_list.value] == [b"x", b"yz"]
    assert [*second.int64_list.value] == [7, 300]


def test_a_feature_is_of_one_kind_at_a_time():
    feature = SequenceExample().context.feature["a"]
    feature.bytes_list.value.append(b"x")
    feature.float_list.value.append(1.0)
    assert feature.WhichOneof("kind") == "float_list"
    assert not feature.bytes_list.value


def test_what_is_no_message_is_refused():
    with pytest.raises(DecodeError):
        SequenceExample.FromString(b"\xff" * 9)


def test_it_is_called_as_in_tensorflow():
    assert SequenceExample.DESCRIPTOR.full_name == "tensorflow.SequenceExample"
