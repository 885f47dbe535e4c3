"""Finished, failed and planned runs, from their folders or from the files of a study that keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from omegaconf import OmegaConf
from yaml import YAMLError

from vsumlab.config import compose_config, flat, flattened
from vsumlab.core.natural_order import natural_order
from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS, DISTINCT
from vsumlab.places import own_overrides
from vsumlab.runs.earlier_versions import method_name, modernized
from vsumlab.runs.folder import is_fold, is_repetition, read_table, status
from vsumlab.runs.sweeps import planned_runs
from vsumlab.runs.traces import NO_TRACES, Traces, read_traces

KEPT = (
    *("status", "error", "name", "command", "overrides", "git", "versions", "machine", "seed", "fold"),
    *("started", "wall_time_s", "data", "annotations", "trained_on", "dataset", "setting", "published"),
    *("selection", "remarks", "chosen_epochs", "cpu_time_s", "main_scorer", "supervised", "parameters"),
)
"""What of `run.json` a report needs, and a study keeps."""

NEEDED = ("name", "command", "overrides", "git", "machine", "seed", "wall_time_s", "dataset", "setting")


class Run(NamedTuple):
    """A run as a report sees it.

    Attributes:
        record: What KEPT names of its `run.json`; of one that is planned, its status and overrides; of a fold
            of an unfinished run `unfinished` as well.
        config: Its configuration, flat and resolved, by the names of this version.
        rows: Its rows of `videos.csv`; none if it is not done.
        folder: Where it is; None for a run that a study keeps, or that is planned.
        kept_traces: What a study keeps of its training and scores.
    """

    record: dict[str, Any]
    config: dict[str, Any]
    rows: pd.DataFrame
    folder: Path | None = None
    kept_traces: Traces = NO_TRACES

    @property
    def done(self) -> bool:
        """Whether it finished."""
        return bool(self.record["status"] == "done")

    @property
    def name(self) -> str:
        """The experiment's."""
        return str(self.record.get("name") or self.config["name"])

    def traces(self) -> Traces:
        """What it left of its training and scores; nothing, if it is not done."""
        return read_traces(self.folder) if self.folder and self.done else self.kept_traces


NO_ROWS = pd.DataFrame(columns=COLUMNS)


def measured(table: pd.DataFrame) -> pd.DataFrame:
    """The columns COLUMNS of a table of rows; earlier versions did not count distinct scores."""
    return table.assign(**({} if DISTINCT in table else {DISTINCT: np.nan}))[COLUMNS]


def find_runs(paths: Iterable[Path]) -> list[Run]:
    """The runs in some folders: of runs, of sweeps, of whole experiments, or of a study.

    A run that several of them hold, a study and the folder that it keeps, say, is there once.

    Raises:
        UserError: If there is none in one of them, or a file cannot be read.
    """
    from vsumlab.runs.study_files import read_study

    runs: list[Run] = []
    for path in paths:
        if not path.is_dir():
            raise UserError(f"{path}: no such folder: name run folders, or folders that hold some")
        found = read_study(path) if (path / "results.csv").is_file() else read_folders(path)
        if not found:
            raise UserError(f"{path}: no run.json in there, so no finished run: name folders of runs")
        there = {json.dumps(run.record) for run in runs}
        runs += [run for run in found if json.dumps(run.record) not in there]
    return runs


def read_folders(path: Path) -> list[Run]:
    """The runs in a folder and all below; those of a sweep in its order, with those it has yet to make.

    Of a sweep's run that is named alone, what else the sweep has is no part. Finished folds of a run that is
    not are runs of a fold each. What `vsumlab repeat` has made is left out,
    unless it is the folder.
    """
    by_parent: dict[Path, list[Run]] = {}
    for file in sorted(path.rglob("run.json"), key=lambda file: natural_order(str(file))):
        folder = file.parent
        if any(is_repetition(each) for each in (folder, *folder.parents) if path in each.parents):
            continue
        if not is_fold(folder):
            by_parent.setdefault(folder.parent, []).append(read_run(folder))
        elif status(folder.parent) != "done":
            part = read_run(folder)
            unfinished = part._replace(record=part.record | {"unfinished": True})
            by_parent.setdefault(folder.parent, []).append(unfinished)
    return [
        run
        for parent, runs in by_parent.items()
        for run in (in_order(parent, runs) if parent.is_relative_to(path) else runs)
    ]


def in_order(sweep: Path, runs: list[Run]) -> list[Run]:
    """The runs of a folder, and if it is a sweep's those that it has yet to make."""
    if not (sweep / "multirun.yaml").is_file():
        return runs
    made: dict[frozenset[str], Run] = {}
    repeated = []
    for run in runs:
        if made.setdefault(own_overrides(run.record["overrides"]), run) is not run:
            repeated.append(run)
    planned = [
        made.pop(own_overrides(each)) if own_overrides(each) in made else planned_run(each)
        for each in planned_runs(sweep)
    ]
    return [*planned, *made.values(), *repeated]  # a sweep may have been wider before


def planned_run(overrides: list[str]) -> Run:
    """A run that a sweep has yet to make."""
    config = flattened(compose_config(overrides))
    return Run({"status": "not run", "overrides": overrides}, modernized(config), NO_ROWS)


def read_run(folder: Path) -> Run:
    """A run, or a fold of an unfinished one, from its folder.

    Raises:
        UserError: If a file of it is missing or is not what a run writes.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        file = folder / "config.yaml"
        file = file if file.is_file() else folder.parent / "config.yaml"
        content: Any = OmegaConf.to_container(OmegaConf.load(file))
        config = dict(flat(content))
        rows = measured(read_table(folder / "videos.csv")) if record["status"] == "done" else NO_ROWS
        if lacks := missing(record, config):
            raise UserError(
                f"{folder}: config.yaml or run.json has no {lacks[0]}: made by another version, run it again"
            )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, YAMLError) as error:
        raise UserError(f"{folder}: no run folder that can be read ({error!r}): move it away") from error
    return as_run(kept(record), config, rows, folder)


def as_run(
    record: dict[str, Any],
    config: dict[str, Any],
    rows: pd.DataFrame,
    folder: Path | None = None,
    traces: Traces = NO_TRACES,
) -> Run:
    """A run of any version."""
    named = {"method_name": method_name(config, record["overrides"])}
    return Run(record, modernized(named | config), rows, folder, traces)


def missing(record: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """What a report needs of a run, and it does not have."""
    needed = NEEDED if record["status"] == "done" else ("overrides",)
    entries = () if record["status"] == "not run" else ("data.name", "setting.name")
    return [name for name in needed if name not in record] + [name for name in entries if name not in config]


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a report needs of a record."""
    return {name: record[name] for name in KEPT if name in record}
