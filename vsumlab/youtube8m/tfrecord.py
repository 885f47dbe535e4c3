"""The framing of TFRecord files: length, checksum of the length, data, checksum of the data.

https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from vsumlab.errors import needs_extra

with needs_extra("youtube8m"):
    import google_crc32c

HEADER = struct.Struct("<QI")
CHECKSUM = struct.Struct("<I")
READ_AHEAD = 1 << 20


class FramingError(Exception):
    """A shard that cannot be read on: where the next record should begin, and why it does not.

    Attributes:
        offset: In bytes from the beginning of the file.
        reason: What was found.
    """

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"offset {offset}: {reason}")
        self.offset = offset
        self.reason = reason


def masked_checksum(data: bytes) -> int:
    """CRC-32C, rotated and shifted so that checksums of data that hold checksums stay sound."""
    checksum: int = google_crc32c.value(data)
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def framed(data: bytes) -> bytes:
    """The data as a record."""
    length = struct.pack("<Q", len(data))
    return b"".join(
        (length, CHECKSUM.pack(masked_checksum(length)), data, CHECKSUM.pack(masked_checksum(data)))
    )


def read_records(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """Reads a shard, verifying both checksums of every record.

    Yields:
        Each record's offset in bytes, and its data: None where its checksum is wrong.

    Raises:
        FramingError: From here on the shard cannot be framed: the file ends, or a length is corrupt.
        OSError: The file cannot be read.
    """
    with path.open("rb", buffering=READ_AHEAD) as file:
        size = os.fstat(file.fileno()).st_size
        offset = 0
        while offset < size:
            length = _length(file, offset, size)
            yield offset, _data(file, length)
            offset += HEADER.size + length + CHECKSUM.size


def read_records_at(path: Path, offsets: list[int]) -> Iterator[tuple[int, bytes | None]]:
    """Reads the records that begin at the offsets, as `read_records` does."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        for offset in offsets:
            file.seek(offset)
            yield offset, _data(file, _length(file, offset, size))


def _length(file: BinaryIO, offset: int, size: int) -> int:
    header = file.read(HEADER.size)
    if len(header) < HEADER.size:
        raise FramingError(offset, "the file ends within a record")
    length: int
    length, checksum = HEADER.unpack(header)
    if masked_checksum(header[:8]) != checksum:
        raise FramingError(offset, "a corrupt length: what follows cannot be separated")
    # before reading, so that a length beyond the file never asks for memory
    if offset + HEADER.size + length + CHECKSUM.size > size:
        raise FramingError(offset, "the file ends within a record")
    return length


def _data(file: BinaryIO, length: int) -> bytes | None:
    data = file.read(length)
    checksum = file.read(CHECKSUM.size)
    return data if checksum == CHECKSUM.pack(masked_checksum(data)) else None
