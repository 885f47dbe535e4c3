"""Finished and failed runs, from their folders or from the files of a study that keeps them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from omegaconf import OmegaConf
from yaml import YAMLError

from vsumlab.data.reader import natural_order
from vsumlab.errors import UserError
from vsumlab.progress import track
from vsumlab.results.claim import flat
from vsumlab.results.planned import planned_runs
from vsumlab.results.rows import BASELINES, Row, read_row
from vsumlab.results.run_folder import write_csv, write_whole
from vsumlab.results.traces import NO_TRACES, Traces, keep_traces, read_kept_traces, read_traces

KEPT = (
    *("status", "error", "name", "command", "overrides", "git", "versions", "machine", "seed", "fold"),
    *("started", "wall_time_s", "data", "dataset", "setting", "published", "published_names", "selection"),
    *("chosen_epochs", "random_spread"),
)
"""What of `run.json` a report needs, and a study keeps."""

NEEDED = ("name", "command", "overrides", "git", "machine", "seed", "wall_time_s", "dataset", "setting")

NOT_COMPARED = ("fold", "seed", "name", "published", "remark", "workers", "random_draws")
NOT_COMPARED_IN = ("paths.", "logger.", "callbacks.", "trainer.accelerator", "trainer.devices")
"""What may differ between runs that are the same but for fold and seed."""


class Run(NamedTuple):
    """A run as a report sees it.

    Attributes:
        record: What KEPT names of its `run.json`; of one that is not run, its status and overrides.
        config: Its configuration, flat and resolved; empty if it is not run.
        rows: Its rows of `videos.csv`.
        folder: Where it is; none of a run that a study keeps.
        kept_traces: What a study keeps of its training and scores.
    """

    record: dict[str, Any]
    config: dict[str, Any]
    rows: list[Row]
    folder: Path | None = None
    kept_traces: Traces = NO_TRACES

    def traces(self) -> Traces:
        """What it left of its training and scores; nothing, if it is not run."""
        return read_traces(self.folder) if self.folder and self.done else self.kept_traces

    @property
    def done(self) -> bool:
        """Whether it finished."""
        return bool(self.record["status"] == "done")

    @property
    def identity(self) -> tuple[tuple[str, str], ...]:
        """The configuration that runs have in common that differ in nothing but fold and seed."""
        return tuple((name, str(self.config[name])) for name in sorted(self.config) if compared(name))

    @property
    def told(self) -> tuple[str, ...]:
        """The overrides that they have in common."""
        return tuple(o for o in self.record["overrides"] if compared(o.lstrip("+~").split("=")[0]))


def compared(name: str) -> bool:
    """Whether runs that differ in an entry of the configuration are different."""
    return name not in NOT_COMPARED and not name.startswith(NOT_COMPARED_IN)


def find_runs(paths: Iterable[Path]) -> list[Run]:
    """The runs in some folders: of runs, of sweeps, of whole experiments, or of a study.

    A run that several of them hold, a study and the folder that it keeps, say, is there once.

    Raises:
        UserError: If there is none in one of them, or a file cannot be read.
    """
    runs: list[Run] = []
    for path in paths:
        if not path.is_dir():
            raise UserError(f"{path}: no such folder: name run folders, or folders that hold some")
        found = read_study(path) if (path / "results.csv").is_file() else read_folders(path)
        if not found:
            raise UserError(f"{path}: no run.json in there, so no finished run: name folders of runs")
        known = {json.dumps(run.record) for run in runs}
        runs += [run for run in found if json.dumps(run.record) not in known]
    return runs


def read_folders(path: Path) -> list[Run]:
    """The runs in a folder and all below; those of a sweep in its order, with those it has yet to make."""
    by_parent: dict[Path, list[Run]] = {}
    for file in sorted(path.rglob("run.json"), key=lambda file: natural_order(str(file))):
        by_parent.setdefault(file.parents[1], []).append(read_run(file.parent))
    return [run for parent, runs in by_parent.items() for run in in_order(parent, runs)]


def in_order(sweep: Path, runs: list[Run]) -> list[Run]:
    """The runs of a folder, and if it is a sweep's those that it has yet to make."""
    if not (sweep / "multirun.yaml").is_file():
        return runs
    known = {frozenset(run.record["overrides"]): run for run in runs}
    planned = [
        known.pop(frozenset(overrides), Run({"status": "not run", "overrides": overrides}, {}, []))
        for overrides in planned_runs(sweep)
    ]
    return [*planned, *known.values()]  # a sweep may have been wider before


def read_run(folder: Path) -> Run:
    """A run from its folder.

    Raises:
        UserError: If a file of it is missing or is not what a run writes.
    """
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        config = dict(flat(OmegaConf.to_container(OmegaConf.load(folder / "config.yaml"))))
        rows = []
        if record["status"] == "done":
            with (folder / "videos.csv").open(newline="", encoding="utf-8") as file:
                rows = [read_row(cells) for cells in csv.DictReader(file)]
        if lacks := missing(record, config):
            raise UserError(
                f"{folder}: config.yaml or run.json has no {lacks[0]}: made by another version, run it again"
            )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, YAMLError) as error:
        raise UserError(f"{folder}: no run folder that can be read ({error!r}): move it away") from error
    return Run(kept(record), config, rows, folder)


def missing(record: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """What a report needs of a run, and it does not have."""
    needed = NEEDED if record["status"] == "done" else ("overrides",)
    told = () if record["status"] == "not run" else ("data.name", "setting.name")
    return [name for name in needed if name not in record] + [name for name in told if name not in config]


def kept(record: Mapping[str, Any]) -> dict[str, Any]:
    """What a report needs of a record."""
    return {name: record[name] for name in KEPT if name in record}


def write_study(folder: Path, runs: list[Run]) -> None:
    """Keeps runs in a study's folder: `results.csv`, a row a run, video and scorer, `runs.json`, and traces.

    Rows of random scores and of people are kept once for each experiment and setting, where they are alike.
    The files are all written before the first one replaces what was there.
    """
    lines: list[list[Any]] = [["run", *Row._fields]]
    known: set[tuple[Any, ...]] = set()
    for index, run in enumerate(runs):
        for row in run.rows:
            figures = kept_figures(row)
            if row.scorer in BASELINES:
                experiment = (run.record["name"], run.record["setting"])
                baseline = (*experiment, row.dataset, row.fold, row.video, row.scorer, *figures)
                if baseline in known:
                    continue
                known.add(baseline)
            lines.append([index, *row[:5], *figures])
    records = [
        {**run.record, "config": {k: v for k, v in run.config.items() if not k.startswith("paths.")}}
        for run in runs
    ]
    traces = [run.traces() for run in track(runs, "reading")]
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=folder) as unfinished:
        made = Path(unfinished)
        keep_traces(made, traces)
        write_csv(made / "results.csv", lines)
        write_whole(made / "runs.json", json.dumps(records, indent=1) + "\n")
        for file in made.iterdir():
            file.replace(folder / file.name)


def kept_figures(row: Row) -> list[str]:
    """A row's figures as a study keeps them, with six digits; empty where there are none."""
    return ["" if math.isnan(figure) else f"{figure:.6g}" for figure in row[5:]]


def read_study(folder: Path) -> list[Run]:
    """The runs that a study keeps.

    Raises:
        UserError: If its files are not those that `write_study` makes.
    """
    try:
        records = json.loads((folder / "runs.json").read_text(encoding="utf-8"))
        runs = [
            Run(record, record.pop("config"), [], kept_traces=traces)
            for record, traces in zip(records, read_kept_traces(folder, len(records)), strict=True)
        ]
        if lacks := [name for run in runs for name in missing(run.record, run.config)]:
            raise KeyError(lacks[0])
        by_index = dict(enumerate(runs))
        with (folder / "results.csv").open(newline="", encoding="utf-8") as file:
            for cells in csv.DictReader(file):
                by_index[int(cells["run"])].rows.append(read_row(cells))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            f"{folder}: its files are not those that a report keeps ({error!r}): name run folders"
        ) from error
    return runs
