"""The second pass over a shard: the drawn records alone are read again, and copied as they are.

They are kept as small TFRecord files rather than in the unfinished output, since a process that is killed may
leave an HDF5 file that cannot be gone on with. The writer makes the output from them in one go, always the
same bytes. Meanwhile the disk holds what was drawn twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from vsumlab.errors import UserError
from vsumlab.youtube8m.sample import Entries, priority
from vsumlab.youtube8m.sequence_example import FrameLevelVideo, RecordError, decode
from vsumlab.youtube8m.tfrecord import FramingError, framed, read_records, read_records_at
from vsumlab.youtube8m.work import reason, stamp, write_whole


def second_pass(shard: Path, seed: int, drawn: Entries, target: Path) -> Path:
    """Copies the drawn records of a shard, unless that is done already.

    Args:
        shard: A TFRecord file.
        seed: Of the draw.
        drawn: The drawn entries, in the order of the offsets.
        target: Where the copy is kept; its name is completed by a digest of what it was made from.

    Returns:
        The copy, a TFRecord file.

    Raises:
        UserError: The shard does not read as it did in the first pass.
        OSError: The copy cannot be written.
    """
    try:
        of_shard = stamp(shard)
    except OSError as error:
        raise _changed(shard, reason(error)) from error
    made_from = blake2b(repr(of_shard).encode() + drawn.tobytes(), digest_size=8).hexdigest()
    copy = target.with_name(f"{target.name}.{made_from}")
    if not copy.exists():
        records = (framed(data) for data, _ in _drawn_records(shard, seed, drawn))
        write_whole(copy, lambda file: file.writelines(records))
    return copy


def drawn_videos(shard: Path, seed: int, drawn: Entries) -> Iterator[FrameLevelVideo]:
    """The drawn videos of a shard one at a time, without a copy: who draws all has no room for it.

    Raises:
        UserError: The shard does not read as it did in the first pass.
    """
    for _, video in _drawn_records(shard, seed, drawn):
        yield video


def videos_in(copy: Path) -> Iterator[FrameLevelVideo]:
    """The videos of a copy, one at a time.

    Raises:
        UserError: The copy is damaged.
    """
    try:
        for _, data in read_records(copy):
            if data is None:
                raise FramingError(0, "wrong checksum")
            yield decode(data)
    except FramingError as error:
        raise UserError(f"{copy}: damaged ({error.reason}); delete it and repeat the command") from error


def _drawn_records(shard: Path, seed: int, drawn: Entries) -> Iterator[tuple[bytes, FrameLevelVideo]]:
    try:
        records = read_records_at(shard, drawn["offset"].tolist())
        for (offset, data), expected in zip(records, drawn["priority"].tolist(), strict=True):
            video = None if data is None else decode(data)
            if data is None or video is None or priority(video.id, seed) != expected:
                raise _changed(shard, f"another record at offset {offset}")
            yield data, video
    except OSError as error:
        raise _changed(shard, reason(error)) from error
    except (FramingError, RecordError) as error:
        raise _changed(shard, str(error)) from error


def _changed(shard: Path, found: str) -> UserError:
    return UserError(
        f"{shard}: does not read as it did before ({found}); see to it and repeat the command: what is done "
        "is kept"
    )
