"""Finished, failed and planned runs, from their folders or from the files of a study that keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from omegaconf.errors import OmegaConfBaseException

from vsumlab.config import compose_config, flat, flattened
from vsumlab.core.natural_order import natural_order
from vsumlab.core.plain_files import read_json, read_mapping
from vsumlab.errors import UserError, first_line
from vsumlab.evaluation.baselines import BASELINES
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.places import own_overrides
from vsumlab.runs.earlier_versions import method_name, modernized
from vsumlab.runs.folder import is_fold, is_repetition, status
from vsumlab.runs.rows_file import check_rows, read_rows
from vsumlab.runs.schema import check_config, check_record
from vsumlab.runs.sweeps import check_harmless, planned_runs
from vsumlab.runs.traces import NO_TRACES, Traces, read_traces

KEPT = (
    *("status", "error", "name", "command", "overrides", "git", "versions", "machine", "seed", "fold"),
    *("started", "wall_time_s", "data", "annotations", "trained_on", "dataset", "setting", "published"),
    *("selection", "remarks", "chosen_epochs", "cpu_time_s", "main_scorer", "supervised", "parameters"),
    "sources",
)
"""What of `run.json` a report needs, and a study keeps."""


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
            if not part.done and (folder.parent / "run.json").is_file():
                continue  # the run's own record says that it failed
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
    try:
        planned = [
            made.pop(own_overrides(each)) if own_overrides(each) in made else planned_run(each)
            for each in planned_runs(sweep)
        ]
    except (OmegaConfBaseException, ValueError) as error:
        raise UserError(
            f"{sweep}/multirun.yaml: plans no run of this version ({first_line(error)}): move it away"
        ) from error
    return [*planned, *made.values(), *repeated]  # a sweep may have been wider before


def planned_run(overrides: list[str]) -> Run:
    """A run that a sweep has yet to make.

    Raises:
        ValueError: If its overrides make no configuration of a run.
    """
    try:
        config = flattened(compose_config(overrides))
    except UserError as error:
        raise ValueError(str(error)) from error
    return as_run({"status": "not run", "overrides": overrides}, config, NO_ROWS)


def read_run(folder: Path) -> Run:
    """A run, or a fold of an unfinished one, from its folder.

    Raises:
        UserError: If a file of it is missing or is not what a run writes.
    """
    try:
        record = read_json(folder / "run.json")
        check_record(record)
        file = folder / "config.yaml"
        if record["status"] == "failed" and not is_fold(folder) and not file.is_file():
            return refused_run(kept(record), folder)
        config = dict(flat(read_mapping(file if file.is_file() else folder.parent / "config.yaml")))
        rows = read_rows(folder / "videos.csv") if record["status"] == "done" else NO_ROWS
        return as_run(kept(record), config, rows, folder)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{folder}: no run folder that can be read ({first_line(error)}): move it away, or run it again"
        ) from error


def refused_run(record: dict[str, Any], folder: Path) -> Run:
    """A run that failed before it had a configuration: by its overrides, if they make one.

    Raises:
        ValueError: If they do not, or would read or import more than this project's own configuration.
    """
    for override in record["overrides"]:
        check_harmless(override)
    try:
        return as_run(record, flattened(compose_config(record["overrides"])), NO_ROWS, folder)
    except UserError as error:
        raise ValueError(f"config.yaml is missing, and {error}") from error


def as_run(
    record: dict[str, Any],
    config: dict[str, Any],
    rows: pd.DataFrame,
    folder: Path | None = None,
    traces: Traces = NO_TRACES,
) -> Run:
    """A run of any version.

    Raises:
        ValueError: If it is not what a run or a study holds.
    """
    check_record(record)
    check_config(config)
    if not (record.get("name") or config.get("name")):
        raise ValueError("run.json and config.yaml have no name")
    found = check_rows(rows)
    if record["status"] == "done" and found["scorer"].isin(BASELINES).all():
        raise ValueError("videos.csv has no row of a method")
    named = {"method_name": method_name(config, record["overrides"])}
    return Run(record, modernized(named | config), found, folder, traces)


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a report needs of a record; of a user's sources, if there are any, their checksums."""
    found = {name: record[name] for name in KEPT if name in record}
    sources = {name: {"sha256": file["sha256"]} for name, file in found.pop("sources", {}).items()}
    return found | ({"sources": sources} if sources else {})
