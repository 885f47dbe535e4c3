"""A test oracle's run as two: of its last epoch, and of the epochs that were chosen on test videos."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.evaluation.baselines import BASELINES, ORACLE
from vsumlab.report.naming import compared
from vsumlab.runs.reading import Run

SELECTION = "selection._target_"
LAST = "vsumlab.callbacks.selection.Last"

Identity = frozenset[tuple[str, str]]


def apart(runs: Sequence[Run]) -> list[Run]:
    """The runs, each oracle's as two: first its last epoch as a run of that alone, then its chosen epochs.

    A last epoch that another run has of the same training is left out.
    """
    there = {training for run in runs if is_last(run) for training in trainings(run)}
    found = []
    for run in runs:
        found += [part for part in parts(run, there) if len(part.rows)] if is_oracle(run) else [run]
    return found


def parts(run: Run, there: set[tuple[Identity, int, int]]) -> tuple[Run, Run]:
    """An oracle's run as two; without rows, where there is nothing that is not `there`."""
    rows = run.rows
    chosen = rows["scorer"].str.endswith(ORACLE)
    known = {fold for identity, seed, fold in trainings(run) if (identity, seed, fold) in there}
    last = rows[~chosen & ~rows["fold"].isin(known)]
    other = {name: value for name, value in run.config.items() if not name.startswith("selection.")}
    return (
        run._replace(config=other | {SELECTION: LAST}, rows=with_methods(last)),
        run._replace(rows=with_methods(rows[chosen | rows["scorer"].isin(BASELINES)])),
    )


def with_methods(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, or none if all of them are of random scores and of people."""
    return rows.iloc[:0] if rows["scorer"].isin(BASELINES).all() else rows


def gains(run: Run) -> pd.DataFrame:
    """What the choice of an oracle adds to each metric of the last epoch: a row a fold, video and scorer."""
    place = ["fold", "seed", "video", "scorer"]
    chosen = run.rows["scorer"].str.endswith(ORACLE)
    best = run.rows[chosen].assign(scorer=run.rows.loc[chosen, "scorer"].str.removesuffix(ORACLE))
    metrics = list(METRICS)
    added = best.set_index(place)[metrics] - run.rows[~chosen].set_index(place)[metrics]
    return added.dropna(how="all").reset_index()


def is_last(run: Run) -> bool:
    """Whether a run's last epoch is tested, and no other one."""
    return run.done and str(run.config.get(SELECTION, "")).endswith(".Last")


def is_oracle(run: Run) -> bool:
    """Whether epochs of a run were chosen on the test videos."""
    return run.done and str(run.config.get(SELECTION, "")).endswith(".TestOracle")


def trainings(run: Run) -> set[tuple[Identity, int, int]]:
    """What a run has trained: its identity, with its seed and each of its folds."""
    return {(identity(run), int(run.record["seed"]), int(fold)) for fold in run.rows["fold"].unique()}


def identity(run: Run) -> Identity:
    """What a run is, but for seed, fold and the epoch that is tested."""
    return frozenset(
        (name, str(value))
        for name, value in run.config.items()
        if compared(name, run.config) and not name.startswith("selection.")
    )
