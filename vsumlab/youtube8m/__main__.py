"""Samples videos of YouTube-8M into a feature file: `vsumlab youtube8m SHARDS… -o FILE.h5`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from vsumlab.errors import one_line_errors


def main() -> None:
    """The command line."""
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
        "--videos", type=_number(1), default=10_000, metavar="N", help="how many videos (%(default)s)"
    )
    parser.add_argument(
        "--seed", type=_number(0), default=0, metavar="S", help="which sample, a whole number (%(default)s)"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.h5", help="what is made")
    parser.add_argument(
        "--processes",
        type=_number(1),
        default=os.cpu_count() or 1,
        metavar="N",
        help="how many processes read (one for each core: %(default)s)",
    )
    arguments = parser.parse_args()
    try:
        with one_line_errors():
            from vsumlab.youtube8m.convert import convert, find_shards  # what the extra installs
            from vsumlab.youtube8m.work import Job

            shards = find_shards(arguments.shards)
            job = Job(shards, arguments.output.resolve(), arguments.videos, arguments.seed)
            converted = convert(job, arguments.processes, Console(stderr=True))
    except KeyboardInterrupt:
        print("vsumlab: interrupted; repeat the command to go on", file=sys.stderr)
        sys.exit(130)
    if converted.n_videos < arguments.videos:
        print(
            f"vsumlab: {arguments.videos} videos asked for, found {converted.n_videos}; all are written",
            file=sys.stderr,
        )
    print(
        f"{arguments.output}: {converted.n_videos} of {converted.videos_seen} videos; "
        f"{converted.corrupt_records} corrupt records, {converted.corrupt_shards} corrupt shards"
    )


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
