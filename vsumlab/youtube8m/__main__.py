"""Samples videos of YouTube-8M into a feature file: `vsumlab youtube8m SHARDS… -o FILE.h5`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from vsumlab.errors import one_line_errors
from vsumlab.youtube8m.part import Part

if TYPE_CHECKING:
    from vsumlab.youtube8m.convert import Converted


def parser() -> argparse.ArgumentParser:
    """What the command line takes."""
    parser = argparse.ArgumentParser(
        prog="vsumlab youtube8m",
        description="Stores a uniform random sample of YouTube-8M's videos, from its frame-level TFRecord "
        "shards, in a feature file that can be trained on. Every record's checksums are verified; a corrupt "
        "one is reported and skipped. Repeat the command after an interruption to go on.",
        epilog="The same shards, number of videos and seed make the same file, whatever the number of "
        "processes. While it works, a hidden folder next to the output holds the drawn videos once more.",
    )
    parser.add_argument(
        "shards",
        nargs="+",
        metavar="SHARDS",
        help="TFRecord files, globs of them, or folders, whose *.tfrecord are read at any depth",
    )
    parser.add_argument(
        "--videos",
        type=_number_or_all,
        default=10_000,
        metavar="N",
        help="how many videos (%(default)s), or all",
    )
    parser.add_argument(
        "--seed", type=_number(0), default=0, metavar="S", help="which sample, a whole number (%(default)s)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.h5", help="what is made")
    parser.add_argument(
        "--part",
        type=_part,
        metavar="I/N",
        help="do one of N parts, here or on another machine: of a sample, the reading that it takes, after "
        "which the command without --part makes the file; of all videos, a file of its own, FILE-I-of-N.h5",
    )
    parser.add_argument(
        "--processes",
        type=_number(1),
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes read (one for each core: %(default)s)",
    )
    return parser


def main() -> None:
    """The command line."""
    arguments = parser().parse_args()
    try:
        with one_line_errors():
            # what the extra installs
            from vsumlab.youtube8m.convert import convert, find_shards, read_part
            from vsumlab.youtube8m.work import Job

            part: Part | None = arguments.part
            shards = find_shards(arguments.shards)
            job = Job(shards, arguments.output.resolve(), arguments.videos, arguments.seed)
            console = Console(stderr=True)
            if part and job.count is not None:
                read = read_part(job, part, arguments.processes, console)
                print(f"{arguments.output}: part {part}: {_counts(read)}; --part left out makes the file")
                return
            job = part.job(job) if part else job
            converted = convert(job, arguments.processes, console)
    except KeyboardInterrupt:
        print("vsumlab: interrupted; repeat the command to go on", file=sys.stderr)
        sys.exit(130)
    if job.count is not None and converted.n_videos < job.count:
        print(
            f"vsumlab: {job.count} videos asked for, found {converted.n_videos}; all are written",
            file=sys.stderr,
        )
    output = arguments.output.with_name(job.output.name)
    print(f"{output}: {converted.n_videos} of {_counts(converted)}")


def _counts(found: Converted) -> str:
    return (
        f"{found.videos_seen} videos; {found.corrupt_records} corrupt records, {found.corrupt_shards} "
        "corrupt shards"
    )


def _number_or_all(text: str) -> int | None:
    return None if text == "all" else _number(1)(text)


def _part(text: str) -> Part:
    try:
        return Part.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _number(smallest: int) -> Callable[[str], int]:
    """Whole numbers from `smallest` to the largest that HDF5 holds, as a type for argparse."""

    def number(text: str) -> int:
        value = int(text)
        if not smallest <= value < 2**63:
            raise argparse.ArgumentTypeError(f"{text} is not from {smallest} to 2^63 - 1")
        return value

    return number


if __name__ == "__main__":
    main()
