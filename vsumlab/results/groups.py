"""Runs that differ in fold and seed alone, brought together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from vsumlab.errors import UserError
from vsumlab.results.planned import composed
from vsumlab.results.rows import BASELINES, Row
from vsumlab.results.runs import Run

MISSING = ("failed", "not run")


class Group(NamedTuple):
    """Runs that differ in fold and seed alone.

    Attributes:
        dataset: What was evaluated.
        setting: What was trained on.
        told: The overrides that they have in common.
        runs: Those that are done, that failed, and that are not run yet.
    """

    dataset: str
    setting: str
    told: tuple[str, ...]
    runs: list[Run]

    def rows(self) -> list[Row]:
        """All rows of the runs that are done; what was run twice, once.

        Raises:
            UserError: If it came out differently.
        """
        found: dict[tuple[Any, ...], tuple[Row, Run]] = {}
        for run in self.runs:
            for row in run.rows:
                known, other = found.setdefault((row.seed, row.fold, row.video, row.scorer), (row, run))
                if row.scorer not in BASELINES and not alike(row, known):
                    raise UserError(
                        f"{run.folder or run.told}: fold {row.fold}, seed {row.seed}: came out differently "
                        f"in {other.folder or other.told}: name only one of them"
                    )
        return [row for row, _ in found.values()]

    def state(self) -> str:
        """What is missing: failed runs, runs still to be made; empty where all is done."""
        counts = {status: sum(run.record["status"] == status for run in self.runs) for status in MISSING}
        return ", ".join(f"{count} {status}" for status, count in counts.items() if count)


def group_runs(runs: Sequence[Run]) -> list[Group]:
    """Brings runs together that differ in fold and seed alone; runs still to be made join those like them."""
    groups: dict[Any, Group] = {}
    for run in runs:
        if run.config:
            dataset, setting = str(run.config["data.name"]), str(run.config["setting.name"])
            group = groups.setdefault(run.identity, Group(dataset, setting, run.told, []))
            group.runs.append(run)
    by_overrides = {group.told: group for group in groups.values()}
    for run in runs:
        if not run.config:
            if run.told not in by_overrides:
                config = composed(run.record["overrides"])
                by_overrides[run.told] = Group(config["data.name"], config["setting.name"], run.told, [])
                groups[run.told] = by_overrides[run.told]
            by_overrides[run.told].runs.append(run)
    return list(groups.values())


def folds_by_seed(rows: list[Row]) -> dict[int, set[int]]:
    """The folds that there are rows of, for each seed."""
    found: dict[int, set[int]] = {}
    for row in rows:
        found.setdefault(row.seed, set()).add(row.fold)
    return found


def alike(row: Row, other: Row) -> bool:
    """Whether rows have the same figures, as far as a study keeps them."""
    return np.allclose(row[5:], other[5:], rtol=1e-5, atol=1e-8, equal_nan=True)
