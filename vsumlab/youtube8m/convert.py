"""Makes a feature file with a uniform sample of videos from shards, in two passes and one write.

1. Every shard is read and verified; per video, 16 bytes are kept.
2. The sample is drawn; its records alone are read again. 10,000 videos are 2.6 of YouTube-8M's 1,500 GB.
3. Meanwhile the one writer stores them in the order of the shards.

Memory holds a record per process, a range of entries and the drawn entries. Each shard's passes leave a whole
file behind and depend on nothing but the shard and the job: the same job makes the same bytes, however many
processes and machines share it and wherever it was interrupted. Who wants all videos makes a file for each
part of the shards, each a job of its own; of these the writer reads the shards, since copies would need as
much room again.
"""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from vsumlab.errors import UserError
from vsumlab.youtube8m.feature_file import write_feature_file
from vsumlab.youtube8m.first_pass import Findings, first_pass, load_entries
from vsumlab.youtube8m.part import Part
from vsumlab.youtube8m.processes import reading_processes
from vsumlab.youtube8m.sample import Sample, draw
from vsumlab.youtube8m.second_pass import drawn_videos, second_pass, videos_in
from vsumlab.youtube8m.sequence_example import FrameLevelVideo
from vsumlab.youtube8m.work import FORMAT_VERSION, Job, WorkFolder, size, work_folder

Map = Callable[..., Iterator[Any]]


@dataclass(frozen=True)
class Converted:
    """What was made.

    Attributes:
        n_videos: Videos in the file.
        videos_seen: Different sound videos that they were drawn from.
        corrupt_records: Records that were skipped.
        corrupt_shards: Shards that could not be read, or not to their end.
    """

    n_videos: int
    videos_seen: int
    corrupt_records: int
    corrupt_shards: int


def find_shards(given: Sequence[str]) -> tuple[Path, ...]:
    """The TFRecord files that files, folders (their `*.tfrecord`, at any depth) and globs stand for.

    Returns:
        Absolute paths in order, each file once.

    Raises:
        UserError: One of them stands for nothing.
    """
    shards: set[Path] = set()
    for name in given:
        pattern = f"{glob.escape(name)}/**/*.tfrecord" if Path(name).is_dir() else name
        # pathlib's glob takes no absolute pattern
        matches = [name] if Path(name).is_file() else glob.glob(pattern, recursive=True)  # noqa: PTH207
        found = [Path(match).resolve() for match in matches if Path(match).is_file()]
        if not found:
            raise UserError(f"{name}: no TFRecord file there; give YouTube-8M's frame-level shards")
        shards.update(found)
    return tuple(sorted(shards))


def convert(job: Job, processes: int, console: Console) -> Converted:
    """Does the job, or what an earlier process has left of it.

    Args:
        job: What is to be made.
        processes: How many processes read.
        console: Where corrupt records are reported, and where a bar is shown if it is a terminal.

    Raises:
        UserError: The output exists or cannot be written, there is no sound video, or the shards change
            meanwhile.
    """
    with work_folder(job) as work, reading_processes(min(processes, len(job.shards))) as over:
        n_videos, corrupt_records, corrupt_shards = _read_shards(
            job, work, over, console, range(len(job.shards))
        )
        sample = draw(lambda shard: load_entries(work.index(shard)), n_videos, job.count)
        converted = Converted(sample.size, sample.videos_seen, corrupt_records, corrupt_shards)
        if not converted.n_videos:
            work.remove()
            raise UserError(
                f"{job.shards[0]}: found no video in it or any other shard; give YouTube-8M's frame-level "
                "TFRecord shards"
            )
        _write(job, work, sample, converted, over, console)
        work.unfinished.replace(job.output)
    work.remove()  # when its lock is closed: a shared file system keeps files that are open
    return converted


def read_part(job: Job, part: Part, processes: int, console: Console) -> Converted:
    """Does a part of the job's first pass, or what is left of it; `convert` does the rest.

    Args:
        job: What is to be made.
        part: Which part.
        processes: How many processes read.
        console: As for `convert`.

    Raises:
        UserError: The output exists, its folder cannot be written, or there are more parts than shards.
    """
    own = part.shards(job)
    with work_folder(job, alone=False) as work, reading_processes(min(processes, len(own))) as over:
        n_videos, corrupt_records, corrupt_shards = _read_shards(job, work, over, console, own)
    return Converted(0, sum(n_videos), corrupt_records, corrupt_shards)


def _read_shards(
    job: Job, work: WorkFolder, over: Map, console: Console, numbers: Sequence[int]
) -> tuple[list[int], int, int]:
    """The first pass: sound records in each shard; corrupt records and corrupt shards in all."""
    shards = [job.shards[number] for number in numbers]
    sizes = [size(shard) for shard in shards]
    n_videos, corrupt_records, corrupt_shards = [], 0, 0
    with _bar(console, DownloadColumn(), TransferSpeedColumn()) as bar:
        task = bar.add_task("reading", total=sum(sizes))
        results: Iterator[Findings] = over(first_pass, shards, repeat(job.seed), map(work.index, numbers))
        for shard, n_bytes, found in zip(shards, sizes, results, strict=True):
            for line in found.lines(shard):
                bar.console.print(f"vsumlab: {line}", markup=False, highlight=False, soft_wrap=True)
            n_videos.append(found.n_videos)
            corrupt_records += len(found.corrupt_records)
            corrupt_shards += found.end is not None
            bar.advance(task, n_bytes)
    return n_videos, corrupt_records, corrupt_shards


def _write(
    job: Job, work: WorkFolder, sample: Sample, converted: Converted, over: Map, console: Console
) -> None:
    """The second pass, and the output as far as it has come."""
    drawn = sample.drawn
    of_shards = [job.shards[shard] for shard in drawn], repeat(job.seed), drawn.values()
    by_shard: Iterator[Iterator[FrameLevelVideo]]
    if job.count is None:
        by_shard = map(drawn_videos, *of_shards)
    else:
        by_shard = map(videos_in, over(second_pass, *of_shards, map(work.records, drawn)))
    attributes: dict[str, int | str | bool] = {
        "format_version": FORMAT_VERSION,
        "quantized": True,
        "source": f"YouTube-8M: {len(job.shards)} TFRecord shards, {job.shards[0].name} to "
        f"{job.shards[-1].name}",
        "seed": job.seed,
        "videos_seen": converted.videos_seen,
        "corrupt_records": converted.corrupt_records,
        "corrupt_shards": converted.corrupt_shards,
    }
    with _bar(console, MofNCompleteColumn()) as bar:
        task = bar.add_task("writing", total=converted.n_videos)

        def videos() -> Iterator[FrameLevelVideo]:
            for video in chain.from_iterable(by_shard):
                yield video
                bar.advance(task)

        write_feature_file(work.unfinished, videos(), attributes)


def _bar(console: Console, *columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
