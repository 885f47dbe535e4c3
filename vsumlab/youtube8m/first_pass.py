"""The first pass over a shard: every record is read and verified, and where the videos are is kept."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vsumlab.youtube8m.sample import ENTRY, Entries, priority
from vsumlab.youtube8m.sequence_example import RecordError, decode
from vsumlab.youtube8m.tfrecord import FramingError, read_records
from vsumlab.youtube8m.work import reason, stamp, write_whole

NOT_WHOLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile)
"""What NumPy raises on a damaged .npz file."""


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found in a shard.

    Attributes:
        n_videos: Sound records.
        corrupt_records: The offset of each corrupt record, in bytes, and what is wrong with it.
        end: From where the rest of the shard cannot be read, and why; None for a shard read to its end.
    """

    n_videos: int
    corrupt_records: tuple[tuple[int, str], ...] = ()
    end: tuple[int, str] | None = None

    def lines(self, shard: Path) -> list[str]:
        """A line for the user about each thing that is wrong."""
        lines = [
            f"{shard}: offset {offset}: corrupt record skipped: {what}"
            for offset, what in self.corrupt_records
        ]
        if self.end:
            lines.append(f"{shard}: offset {self.end[0]}: rest of the shard skipped: {self.end[1]}")
        return lines


def first_pass(shard: Path, seed: int, index: Path) -> Findings:
    """Reads a shard and keeps its entries, unless that is done already.

    Args:
        shard: A TFRecord file.
        seed: Of the draw.
        index: Where the entries are kept. A shard that the system cannot read leaves none: the next process
            tries it again.

    Raises:
        OSError: The index cannot be written.
    """
    try:
        of_shard = stamp(shard)
        done = _load(index, of_shard)
        if done:
            return done
        entries, findings = read_shard(shard, seed)
    except OSError as error:
        unreadable = Findings(0, end=(0, f"cannot be read: {reason(error)}"))
    else:
        _keep(index, of_shard, entries, findings)
        return findings
    index.unlink(missing_ok=True)
    return unreadable


def read_shard(shard: Path, seed: int) -> tuple[Entries, Findings]:
    """Reads a shard, holding one record in memory at a time.

    Raises:
        OSError: The shard cannot be read.
    """
    entries: list[tuple[int, int]] = []
    corrupt: list[tuple[int, str]] = []
    end = None
    try:
        for offset, data in read_records(shard):
            if data is None:
                corrupt.append((offset, "wrong checksum"))
                continue
            try:
                entries.append((priority(decode(data).id, seed), offset))
            except RecordError as error:
                corrupt.append((offset, str(error)))
    except FramingError as error:
        end = error.offset, error.reason
    return np.array(entries, dtype=ENTRY), Findings(len(entries), tuple(corrupt), end)


def load_entries(index: Path) -> Entries:
    """The entries of a shard after its first pass; none for one that could not be read."""
    if not index.exists():
        return np.empty(0, dtype=ENTRY)
    with np.load(index) as kept:
        entries: Entries = kept["entries"]
    return entries


def _keep(index: Path, of_shard: tuple[int, int], entries: Entries, findings: Findings) -> None:
    problems = [*findings.corrupt_records, *([findings.end] if findings.end else [])]
    write_whole(
        index,
        lambda file: np.savez(
            file,
            stamp=np.array(of_shard),
            entries=entries,
            offsets=np.array([offset for offset, _ in problems], dtype=np.int64),
            reasons=np.array([what for _, what in problems], dtype=np.str_),
            to_its_end=np.array(findings.end is None),
        ),
    )


def _load(index: Path, of_shard: tuple[int, int]) -> Findings | None:
    """What an earlier process found; None if it did not come to this shard, or the shard has changed."""
    try:
        with np.load(index) as kept:
            if tuple(kept["stamp"]) != of_shard:
                return None
            problems = list(zip(kept["offsets"].tolist(), kept["reasons"].tolist(), strict=True))
            end = None if kept["to_its_end"] else problems.pop()
            return Findings(len(kept["entries"]), tuple(problems), end)
    except NOT_WHOLE:
        return None
