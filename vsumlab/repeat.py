"""Makes a recorded run again, and says whether its figures agree: `vsumlab repeat RUN`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, chdir, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from vsumlab.config import build, changed, compose_config, flat
from vsumlab.core.metric_names import METRICS
from vsumlab.core.plain_files import read_mapping
from vsumlab.errors import UserError, first_line, one_line_errors, visible
from vsumlab.job import run_job
from vsumlab.methods.trust import add_trust, trusting
from vsumlab.processes import one_line_end
from vsumlab.report.tables import Table
from vsumlab.report.terminal import show
from vsumlab.runs.folder import is_fold, repetitions, status
from vsumlab.runs.record import Origin, this_process
from vsumlab.runs.rows_file import check_rows, read_rows
from vsumlab.runs.run_record import checksums, contents_now, named_files
from vsumlab.runs.schema import read_record
from vsumlab.runs.targets import check_resolved, check_targets

log = logging.getLogger(__name__)

ROW = ["fold", "video", "scorer"]
"""The columns that say what a figure is of."""
ASIDE = ("trust", "compile")
"""Entries of a configuration that earlier ones lack, and can do without."""
CONDITIONS = ("vsumlab", "versions.", "machine.", "git.commit", "git.changes")
"""Entries of a record, or the beginnings of their names, that figures may depend on, besides files."""


def repeat(run: Path, trust: Sequence[str] = ()) -> tuple[bool, list[Table]]:
    """Makes a run again, in a new folder in its own; a repetition that was interrupted there goes on.

    Args:
        run: The folder of a finished run of one or several folds, also of one of a sweep.
        trust: Packages besides this one whose classes its configuration may name.

    Returns:
        Whether all figures agree to the last digit, and tables of what does not agree.

    Raises:
        UserError: If it is no finished run of this version, or a file that it was made with is not there.
    """
    run = run.resolve()
    with trusting(trust):
        return made_again(run, *recorded(run), trust)


def made_again(
    run: Path, record: Mapping[str, Any], config: DictConfig, trust: Sequence[str]
) -> tuple[bool, list[Table]]:
    """See `repeat`."""
    before = rows_of(run)
    again = next(folder for folder in repetitions(run) if status(folder) != "done")
    with from_there(record):
        for warning in changed_files(record, config):
            log.warning("%s", visible(warning))
        config = changed(config, paths__run=str(again), trust=[*trust])  # whatever it said there
        run_job(config, Origin(this_process().command, record["overrides"]))
    now = read_record(again / "run.json")
    figures = figure_differences(before, rows_of(again))
    return not any(figures.values()), [figures_table(figures), conditions_table(record, now)]


def recorded(run: Path) -> tuple[dict[str, Any], DictConfig]:
    """The record and the configuration of a finished run.

    Raises:
        UserError: If it has none that can be run again.
    """
    if is_fold(run) or status(run) != "done":
        raise UserError(f"{run}: no folder of a finished run: name the one that holds its run.json")
    record = read_record(run / "run.json")
    try:
        content = read_mapping(run / "config.yaml")
    except (OSError, ValueError) as error:
        raise UserError(f"{run}: no run folder that can be read: {first_line(error)}") from error
    if "scores" in record:
        raise UserError(
            f"{run}: was made of scores from elsewhere: give its command again: {record['command']}"
        )
    lacking = [str(name) for name in compose_config() if name not in content and name not in ASIDE]
    if lacking:
        raise UserError(
            f"{run}: its config.yaml has no {lacking[0]}, so another version made it: repeat it with that "
            "one, or give its command anew"
        )
    check_targets(content, run / "config.yaml")
    check_resolved(content, run / "config.yaml")
    return record, OmegaConf.create({"compile": False, **content})  # as all runs were that do not say so


def rows_of(run: Path) -> pd.DataFrame:
    """The rows of a run.

    Raises:
        UserError: If they cannot be read.
    """
    try:
        return check_rows(read_rows(run / "videos.csv"))
    except (OSError, ValueError) as error:
        raise UserError(f"{run}: no run folder that can be read: {first_line(error)}") from error


def from_there(record: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Goes to the folder that a run was started in, which its relative paths are from, until the block ends.

    Where it is not there, or not recorded, they are from the current one; of the former a warning is given.
    """
    folder = record.get("working_directory")
    if folder is not None and not Path(folder).is_dir():
        log.warning(
            "%s: where the run was started is not there, so relative paths are from here", visible(folder)
        )
        folder = None
    return nullcontext() if folder is None else chdir(folder)


def changed_files(record: Mapping[str, Any], config: DictConfig) -> list[str]:
    """A sentence on each file that has another content than when the run was made.

    Raises:
        UserError: If one of them is not there, nor can be made.
    """
    dataset, setting = build(config.data), build(config.setting)
    setting.open(dataset.open())  # which makes the demo's files, and says where others are to be had
    files, now, said = named_files(config), contents_now(config), []
    for name, checksum in checksums(record).items():
        if checksum is None:
            continue
        if name not in now:
            raise UserError(f"{name}: the file that the run was made with is not there: put it where it was")
        if now[name] != checksum:
            what = files.get(name, name)
            said.append(f"{what}: has another checksum than when the run was made: figures may differ")
    return said


def figure_differences(before: pd.DataFrame, now: pd.DataFrame) -> dict[str, float]:
    """The largest difference of each metric between two runs' rows; infinite where only one has a figure.

    Args:
        before: Rows of `videos.csv`.
        now: Those of the other run.
    """
    first, second = (rows.set_index(ROW)[[*METRICS]].sort_index() for rows in (before, now))
    first, second = first.align(second)
    one_sided = first.isna() != second.isna()
    largest = (first - second).abs().mask(one_sided, float("inf")).fillna(0).max()
    return {str(name): float(value) for name, value in largest.items()}


def figures_table(differences: Mapping[str, float]) -> Table:
    """Whether figures agree."""
    differ = any(differences.values())
    title = "Figures differ." if differ else "All figures agree to the last digit."
    rows = [[name, f"{value:.3g}"] for name, value in differences.items()]
    said = "Over folds, videos and scorers; inf: one of both runs has no figure."
    return Table(title, ["metric", "largest difference"], rows, said)


def conditions_table(before: Mapping[str, Any], now: Mapping[str, Any]) -> Table:
    """What a run and its repetition were made with that is not the same."""
    first, second = conditions(before), conditions(now)
    rows = [
        [name, str(first.get(name, "not recorded")), str(second.get(name, "not recorded"))]
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    ]
    said = "" if rows else "Data, code, packages and machine are the same, as far as they are recorded."
    return Table("What differs", ["made with", "recorded", "now"], rows, said)


def conditions(record: Mapping[str, Any]) -> dict[str, Any]:
    """What figures may depend on besides the configuration, by name; of files, checksums in short."""
    files = {f"{name}: checksum": value and value[:12] for name, value in checksums(record).items()}
    sources = record.get("sources", {}).items()
    files |= {f"{target}: checksum": file["sha256"][:12] for target, file in sources}
    entries = flat({name: record.get(name) for name in ("vsumlab", "versions", "machine", "git")})
    return files | {name: value for name, value in entries if name.startswith(CONDITIONS)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab repeat",
        description="Makes a finished run again from its run.json and config.yaml, in a new folder in its "
        "own, and says whether the figures of each video agree, and what it was made with that differs.",
        epilog="Exit code: 0 if all figures agree to the last digit, 1 if not, 2 after an error.",
    )
    parser.add_argument("run", type=Path, help="the folder of a run, also of one of a sweep")
    add_trust(parser)
    arguments = parser.parse_args()
    logging.basicConfig(format="vsumlab: %(message)s", level=logging.WARNING)
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)
    with one_line_end(), one_line_errors():
        agree, tables = repeat(arguments.run, arguments.trust)
    show(tables)
    sys.exit(0 if agree else 1)


if __name__ == "__main__":
    main()
