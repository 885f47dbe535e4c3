"""Shows runs beside each other: `python -m vsumlab.report runs/csnet_table2`."""

from __future__ import annotations

import argparse
import io
import re
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vsumlab.errors import UserError, one_line_errors
from vsumlab.results.comparison import compare
from vsumlab.results.flat import flat_rows
from vsumlab.results.html import html_report
from vsumlab.results.pages import markdown
from vsumlab.results.run_folder import write_csv, write_whole
from vsumlab.results.runs import Run, find_runs
from vsumlab.results.sheets import Sheet, difference_sheets, result_sheets, runs_sheet
from vsumlab.results.study import keep_study


def report(runs: list[Run], against: str = "random") -> list[Sheet]:
    """All that a report of runs shows: figures, differences from a row, and how the runs were made.

    Raises:
        UserError: If there is no such row.
    """
    comparisons = compare(runs)
    return [*result_sheets(comparisons), *difference_sheets(comparisons, against), runs_sheet(runs)]


def show(sheets: Sequence[Sheet], console: Console) -> None:
    """Prints tables."""
    for sheet in sheets:
        table = Table(
            title=escape(sheet.title),
            caption=escape(sheet.notes),
            box=box.SIMPLE_HEAD,
            pad_edge=False,
            title_style="bold",
            title_justify="left",
            caption_justify="left",
        )
        for name, *cells in zip(sheet.header, *sheet.rows, strict=True):
            # where it is narrow, names may go on in the next line, but never a number
            numbers = [word for cell in cells for word in cell.split() if re.match(r"[-+]?\d", word)]
            table.add_column(name, overflow="fold", min_width=max(map(len, numbers), default=0))
        for row in sheet.rows:
            table.add_row(*map(escape, row))
        console.print(table, crop=False)


def write(runs: list[Run], output: Path, against: str, videos: Sequence[str]) -> None:
    """Writes a report to a file, or keeps runs as a study in a folder.

    Raises:
        UserError: If the file's name does not say what it is to be, or cannot be written.
    """
    try:
        if output.suffix == ".md":
            write_whole(output, markdown(report(runs, against)) + "\n")
        elif output.suffix == ".csv":
            write_csv(output, flat_rows(compare(runs)))
        elif output.suffix == ".txt":
            text = io.StringIO()
            show(report(runs, against), Console(file=text, width=200))
            write_whole(output, text.getvalue())
        elif output.suffix == ".html":
            write_whole(output, html_report(runs, against, videos))
        elif not output.suffix or output.is_dir():
            keep_study(output, runs)
        else:
            raise UserError(
                f"{output}: write FILE.html, .md, .csv or .txt, or keep a study in a folder without a dot"
            )
    except OSError as error:
        raise UserError(f"{output}: cannot be written ({error.strerror}): choose another place") from error


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vsumlab.report",
        description="Shows runs beside each other, and beside random scores, people and published figures: "
        "means over folds and seeds, what cannot be told from random, what failed or is missing.",
        epilog="For example: python -m vsumlab.report runs/csnet_table2 -o table2.md",
    )
    parser.add_argument(
        "runs",
        type=Path,
        nargs="+",
        help="folders of runs or sweeps, or folders that hold some; or of a study",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        help="instead of the terminal FILE.html, a page with pictures, FILE.md, FILE.csv or FILE.txt; or the "
        "folder of a study, which keeps results.csv and runs.json and makes the tables of its README.md anew",
    )
    parser.add_argument(
        "--against",
        default="random",
        metavar="ROW",
        help="what differences are from: a row's scorer and run as shown, or a part that only it has",
    )
    parser.add_argument(
        "--video",
        action="append",
        default=[],
        metavar="KEY",
        help="a video that FILE.html shows, of those that the runs drew; may be repeated; the first three "
        "unless some are named",
    )
    arguments = parser.parse_args()
    with one_line_errors():
        runs = find_runs(arguments.runs)
        if arguments.output is None:
            show(report(runs, arguments.against), Console())
        else:
            write(runs, arguments.output, arguments.against, arguments.video)


if __name__ == "__main__":
    main()
