"""Reads back what W&B wrote without a network."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from wandb.proto.wandb_internal_pb2 import Record


class Logged(NamedTuple):
    """What a run's file holds."""

    name: str
    group: str
    job_type: str
    tags: set[str]
    config: dict[str, Any]
    history: list[dict[str, Any]]
    summary: dict[str, Any]
    axes: dict[str, str]


def read_offline(run: Path) -> list[Logged]:
    """All offline runs below a folder."""
    return [read_file(file) for file in sorted(run.glob("wandb/offline-run-*/*.wandb"))]


def read_file(path: Path) -> Logged:
    """One run's file."""
    found: dict[str, Any] = {"config": {}, "history": [], "summary": {}, "axes": {}}
    for record in ended(path):
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run = record.run
            found |= {"name": run.display_name, "group": run.run_group, "job_type": run.job_type}
            found["tags"] = set(run.tags)
            found["config"] |= items(run.config.update)
        elif kind == "config":
            found["config"] |= items(record.config.update)
        elif kind == "history":
            found["history"].append(items(record.history.item))
        elif kind == "summary":
            found["summary"] |= items(record.summary.update)
        elif kind == "metric":
            found["axes"][record.metric.glob_name or record.metric.name] = record.metric.step_metric
    return Logged(**found)


def ended(path: Path, seconds: float = 30) -> list[Record]:
    """The records of a run that ended; W&B's own process may still be writing the last of them."""
    for _ in range(int(10 * seconds)):
        records = [Record.FromString(data) for data in messages(path.read_bytes())]
        if records and records[-1].WhichOneof("record_type") == "exit":
            return records
        time.sleep(0.1)
    raise AssertionError(f"{path}: the run was not ended")


BLOCK, FILE_HEADER, HEADER = 32768, 7, 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def messages(content: bytes) -> Iterator[bytes]:
    """The messages of a LevelDB log: pieces with checksum, length and kind, none across a block's end."""
    assert content[:4] == b":W&B"
    position, whole = FILE_HEADER, b""
    while position + HEADER <= len(content):
        left = BLOCK - position % BLOCK
        if left < HEADER:
            position += left
            continue
        _, length, kind = struct.unpack_from("<IHB", content, position)
        piece = content[position + HEADER : position + HEADER + length]
        if len(piece) < length:
            return  # still being written
        position += HEADER + length
        whole = piece if kind in (FULL, FIRST) else whole + piece
        if kind in (FULL, LAST):
            yield whole


def items(pairs: Any) -> dict[str, Any]:
    """Names and values of a record; nested names are joined by slashes, as they are logged."""
    return {(pair.key or "/".join(pair.nested_key)): json.loads(pair.value_json) for pair in pairs}
