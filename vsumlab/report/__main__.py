"""Shows runs next to each other: `vsumlab report runs/csnet_table2`, or `python -m vsumlab.report …`."""

from __future__ import annotations

import argparse
from pathlib import Path

from vsumlab.errors import UserError, one_line_errors
from vsumlab.methods.trust import add_trust, trusting
from vsumlab.report.compare import compare
from vsumlab.report.contents import report_tables
from vsumlab.report.flat import all_numbers
from vsumlab.report.markdown import markdown
from vsumlab.report.study import keep_study
from vsumlab.report.terminal import show
from vsumlab.runs.folder import write_table, write_whole
from vsumlab.runs.reading import Run, find_runs


def write(runs: list[Run], output: Path, asked: argparse.Namespace) -> None:
    """Writes a report to a file, or keeps runs as a study in a folder.

    Args:
        runs: All of them.
        output: The file, or a study's folder.
        asked: The values of --against, --folds, --by and --video, of which a study takes none.

    Raises:
        UserError: If the file's name does not say what it is to be, or cannot be written.
    """
    try:
        if output.suffix == ".md":
            write_whole(output, markdown(report_tables(runs, asked.against, asked.folds)) + "\n")
        elif output.suffix == ".csv":
            write_table(output, all_numbers(compare(runs, asked.folds)), float_format="%.6g")
        elif output.suffix == ".html":
            from vsumlab.report.page import html_report  # Matplotlib, which tables can do without

            write_whole(output, html_report(runs, asked.against, asked.video, asked.by, asked.folds))
        elif not output.suffix or output.is_dir():
            keep_study(output, runs)
        else:
            raise UserError(
                f"{output}: write FILE.html, .md or .csv, or keep a study in a folder without a dot"
            )
    except OSError as error:
        raise UserError(f"{output}: cannot be written ({error.strerror}): choose another place") from error


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab report",
        description="Shows runs next to each other, and next to random scores, people and published figures: "
        "means over folds and seeds, what chance could make of random scores, what failed or is missing.",
        epilog="For example: vsumlab report runs/csnet_table2 -o table2.md",
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
        help="instead of the terminal FILE.html, a page with plots, FILE.md or FILE.csv; or the folder "
        "of a study, which keeps results.csv and runs.json and makes the tables of its README.md anew",
    )
    parser.add_argument(
        "--against",
        default="random",
        metavar="ROW",
        help="what differences are from: a row's scorer and run as shown, or a part that only it has",
    )
    parser.add_argument(
        "--folds",
        choices=("common", "any"),
        default="common",
        help="whether rows are of the folds that all of them have of each of their seeds (the default; "
        "rows that lack some of the folds of most are left out), or each of its own",
    )
    parser.add_argument(
        "--by",
        choices=("dataset", "experiment"),
        default="dataset",
        help="whether FILE.html has a table a dataset and setting, of all experiments (the default), "
        "or tables of each experiment",
    )
    parser.add_argument(
        "--video",
        action="append",
        default=[],
        metavar="KEY",
        help="a video that FILE.html shows, of those that the runs drew; may be repeated; the first three "
        "unless some are named",
    )
    add_trust(parser)
    arguments = parser.parse_args()
    with one_line_errors(), trusting(arguments.trust):
        runs = find_runs(arguments.runs)
        if arguments.output is None:
            show(report_tables(runs, arguments.against, arguments.folds))
        else:
            write(runs, arguments.output, arguments)


if __name__ == "__main__":
    main()
