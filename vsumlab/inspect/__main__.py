"""What is in a feature file, and what is wrong with it: `vsumlab inspect FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console

from vsumlab.data.feature_file.inspection import Use, inspect_file
from vsumlab.data.feature_file.inspection_table import inspection_table, lines
from vsumlab.errors import one_line_errors, printable


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab inspect",
        description="Shows what is in a feature file, a line a video, and all that is wrong with it.",
        epilog="Exit code 0: the file can be evaluated, or is one to train on alone, such as OVP's, "
        "YouTube's or YouTube-8M's, which the last line says. Exit code 2: it is to be mended first.",
    )
    parser.add_argument(
        "file", type=Path, help="an HDF5 file of the field's schema, one group for each video"
    )
    path = parser.parse_args().file
    with one_line_errors():
        inspection = inspect_file(path)
    Console().print(inspection_table(inspection))
    print(*map(printable, lines(inspection)), sep="\n")
    if inspection.use not in (Use.EVALUATION, Use.TRAINING):
        sys.exit(2)


if __name__ == "__main__":
    main()
