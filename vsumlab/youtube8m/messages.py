"""TensorFlow's SequenceExample as a protobuf message, described at run time.

So neither TensorFlow nor a protobuf compiler is needed. The messages, their fields and the fields' numbers
are those of `tensorflow/core/example/feature.proto` and `example.proto` in TensorFlow's repository.
"""

from __future__ import annotations

from typing import Any

from vsumlab.errors import needs_extra

with needs_extra("youtube8m"):
    from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
    from google.protobuf.descriptor_pool import DescriptorPool
    from google.protobuf.message import DecodeError
    from google.protobuf.message_factory import GetMessageClass

__all__ = ["DecodeError", "SequenceExample"]

PLAIN_TYPES = {
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "float": FieldDescriptorProto.TYPE_FLOAT,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "string": FieldDescriptorProto.TYPE_STRING,
}


def _field(name: str, number: int, kind: str, *, repeated: bool = False) -> FieldDescriptorProto:
    """A field of one of the plain types, or else of the message of that name."""
    field = FieldDescriptorProto(name=name, number=number)
    field.label = FieldDescriptorProto.LABEL_REPEATED if repeated else FieldDescriptorProto.LABEL_OPTIONAL
    if kind in PLAIN_TYPES:
        field.type = PLAIN_TYPES[kind]
    else:
        field.type, field.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".tensorflow.{kind}"
    return field


def _message(name: str, *fields: FieldDescriptorProto) -> DescriptorProto:
    return DescriptorProto(name=name, field=fields)


def _one_of(message: DescriptorProto) -> DescriptorProto:
    """The message with only one of its fields at a time."""
    message.oneof_decl.add(name="kind")
    for field in message.field:
        field.oneof_index = 0
    return message


def _map(name: str, field: str, value: str) -> DescriptorProto:
    """A message with a map from strings to messages: on the wire, entries of a key and a value, repeated."""
    entry_name = "".join(word.capitalize() for word in field.split("_")) + "Entry"
    entry = _message(entry_name, _field("key", 1, "string"), _field("value", 2, value))
    entry.options.map_entry = True
    message = _message(name, _field(field, 1, f"{name}.{entry_name}", repeated=True))
    message.nested_type.append(entry)
    return message


def _sequence_example() -> Any:
    file = FileDescriptorProto(
        name="vsumlab/sequence_example.proto",
        package="tensorflow",
        syntax="proto3",
        message_type=[
            _message("BytesList", _field("value", 1, "bytes", repeated=True)),
            _message("FloatList", _field("value", 1, "float", repeated=True)),
            _message("Int64List", _field("value", 1, "int64", repeated=True)),
            _one_of(
                _message(
                    "Feature",
                    _field("bytes_list", 1, "BytesList"),
                    _field("float_list", 2, "FloatList"),
                    _field("int64_list", 3, "Int64List"),
                )
            ),
            _map("Features", "feature", "Feature"),
            _message("FeatureList", _field("feature", 1, "Feature", repeated=True)),
            _map("FeatureLists", "feature_list", "FeatureList"),
            _message(
                "SequenceExample",
                _field("context", 1, "Features"),
                _field("feature_lists", 2, "FeatureLists"),
            ),
        ],
    )
    pool = DescriptorPool()  # not the default one, where TensorFlow may have put its own
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("tensorflow.SequenceExample"))


SequenceExample = _sequence_example()
