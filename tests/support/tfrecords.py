"""TFRecord files and SequenceExamples by hand: no library, and nothing of the package's, takes part.

Written from the formats' descriptions: plain loops over bytes, slow and easy to check.
"""

import struct

POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed


def crc_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (POLYNOMIAL if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17 & 0xFFFFFFFF) + 0xA282EAD8) % 2**32


def record(data):
    length = len(data).to_bytes(8, "little")
    return length + struct.pack("<I", masked(length)) + data + struct.pack("<I", masked(data))


def split(content):
    """The offset and the data of every record of a sound file."""
    offset, records = 0, []
    while offset < len(content):
        length = int.from_bytes(content[offset : offset + 8], "little")
        assert content[offset + 8 : offset + 12] == masked(content[offset : offset + 8]).to_bytes(4, "little")
        data = content[offset + 12 : offset + 12 + length]
        assert len(data) == length
        end = offset + 12 + length
        assert content[end : end + 4] == masked(data).to_bytes(4, "little")
        records.append((offset, data))
        offset = end + 4
    return records


def varint(value):
    out = b""
    while True:
        value, low = value >> 7, value & 0x7F
        out += bytes([low | (0x80 if value else 0)])
        if not value:
            return out


def read_varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def delimited(number, payload):
    """A field of bytes, of a string or of a message."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def fields(message):
    """Number and value of every field; of the wire types, the two that bytes and integers have."""
    at, found = 0, []
    while at < len(message):
        tag, at = read_varint(message, at)
        value, at = read_varint(message, at)
        if tag & 7 == 2:
            value, at = message[at : at + value], at + value
        else:
            assert tag & 7 == 0
        found.append((tag >> 3, value))
    assert at == len(message)
    return found


def values(message, number):
    return [value for n, value in fields(message) if n == number]


def as_map(message):
    """A protobuf map's entries."""
    return {values(entry, 1)[0].decode(): values(entry, 2)[0] for entry in values(message, 1)}


def walk(data):
    """A record's id, labels, rgb frames and audio frames."""
    context = as_map(values(data, 1)[0])
    lists = as_map(values(data, 2)[0])
    video_id = values(values(context["id"], 1)[0], 1)[0]
    labels = []
    for int64_list in values(context["labels"], 3):
        for packed in values(int64_list, 1):
            at = 0
            while at < len(packed):
                label, at = read_varint(packed, at)
                labels.append(label)

    def frames(key):
        features = values(lists[key], 1) if key in lists else []
        return [values(values(feature, 1)[0], 1)[0] for feature in features]

    return video_id, labels, frames("rgb"), frames("audio")


def map_entry(key, value):
    return delimited(1, delimited(1, key.encode()) + delimited(2, value))


def bytes_feature(value):
    return delimited(1, delimited(1, value))


def assemble(context, lists):
    """A SequenceExample of encoded features by key, and of lists of bytes by key."""
    in_context = b"".join(map_entry(key, feature) for key, feature in context.items())
    in_lists = b"".join(
        map_entry(key, b"".join(delimited(1, bytes_feature(frame)) for frame in frames))
        for key, frames in lists.items()
    )
    return delimited(1, in_context) + delimited(2, in_lists)


def video_record(video_id, labels=(), rgb=(), audio=(), packed=True):
    """A video's SequenceExample, with the labels in one of the two forms that protobuf allows."""
    if packed:
        int64_list = delimited(1, b"".join(map(varint, labels)))
    else:
        int64_list = b"".join(varint(1 << 3) + varint(label) for label in labels)
    context = {"id": bytes_feature(video_id), "labels": delimited(3, int64_list)}
    return assemble(context, {"rgb": rgb, "audio": audio})
