"""What a run leaves besides its metrics: what it logged epoch by epoch, how its scores are distributed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from vsumlab.core.hdf5 import opened
from vsumlab.core.hdf5_array import stored
from vsumlab.errors import UserError, first_line
from vsumlab.runs.folder import fold_folders, fold_index, is_fold, read_table, write_table
from vsumlab.runs.rows_file import whole_numbers

BINS = 40
EDGES = np.linspace(0, 1, BINS + 1)
LOGGED = r"^(train|validation)/(?!chosen/)"
"""What of a fold's log is drawn."""


class Traces(NamedTuple):
    """What a run leaves.

    Attributes:
        curves: Of training and validation: columns `fold`, `epoch` (from 0), and one for each name that was
            logged, NaN where it was not.
        histograms: How many frames of all test videos are scored how high, from 0 to 1: a column a bin, a row
            a scorer.
    """

    curves: pd.DataFrame
    histograms: pd.DataFrame


NO_TRACES = Traces(pd.DataFrame(columns=["fold", "epoch"]), pd.DataFrame())


def read_traces(run: Path) -> Traces:
    """The traces in a run folder: those of the CSV logger, and of `scores.h5`.

    Raises:
        UserError: If they cannot be read.
    """
    try:
        curves = logged_curves(run)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{run}: a metrics.csv in it is not as a run writes it ({first_line(error)}): move it away"
        ) from error
    return Traces(curves, score_histograms(run / "scores.h5"))


def logged_curves(run: Path) -> pd.DataFrame:
    """What the CSV logger has of the training and validation of a run, or of a fold, a row an epoch."""
    parts = []
    folds = {fold_index(run): run} if is_fold(run) else fold_folders(run)
    for fold, folder in folds.items():
        if (folder / "metrics.csv").is_file():
            lines = read_table(folder / "metrics.csv")
            names = list(lines.filter(regex=LOGGED))
            if not names:  # nothing was trained
                continue
            numbers = lines[["epoch", *names]].apply(pd.to_numeric)
            epochs = numbers.dropna(how="all", subset=names).groupby("epoch")[names].last()
            parts.append(epochs.reset_index().assign(fold=fold))
    curves = pd.concat(parts, ignore_index=True) if parts else NO_TRACES.curves
    return curves[["fold", "epoch", *curves.columns.difference(["fold", "epoch"], sort=False)]]


def score_histograms(path: Path) -> pd.DataFrame:
    """How all scores in a run's `scores.h5` are distributed, by scorer; nothing where there is none.

    Raises:
        UserError: If it is not as a run writes it.
    """
    counts: dict[str, np.ndarray] = {}
    if path.is_file():
        with opened(path, "a run's scores", "those of each fold, video and scorer: run it again") as file:
            for videos in file.values():
                for scorers in videos.values():
                    for scorer, group in scorers.items():
                        scores = stored(group["importance_scores"]).astype(np.float64)
                        counts[scorer] = counts.get(scorer, 0) + np.histogram(scores, EDGES)[0]
    return pd.DataFrame.from_dict(counts, orient="index")


def together(traces: Iterable[Traces]) -> Traces:
    """The traces of several runs: of a fold that several have the first one's curves, of all the scores."""
    curves, histograms = zip(*traces, strict=True)
    joined = pd.concat(curves, ignore_index=True).groupby(["fold", "epoch"], as_index=False).first()
    counts = pd.concat(histograms)
    return Traces(joined, counts.groupby(level=0, sort=False).sum())


def keep_traces(study: Path, traces: Sequence[Traces]) -> None:
    """Keeps runs' traces in a study's folder: `training.csv` and `distributions.csv`."""
    curves = [one.curves.assign(run=number) for number, one in enumerate(traces) if len(one.curves)]
    joined = pd.concat([NO_TRACES.curves.assign(run=[]), *curves], ignore_index=True)
    names = list(joined.columns.difference(["run", "fold", "epoch"], sort=False))
    write_table(study / "training.csv", joined[["run", "fold", "epoch", *names]], float_format="%.5g")
    counts = [
        one.histograms.rename_axis("scorer").reset_index().assign(run=number)
        for number, one in enumerate(traces)
        if len(one.histograms)
    ]
    bins = [f"{edge:g}" for edge in EDGES[:-1]]
    kept = (
        pd.concat(counts, ignore_index=True)
        if counts
        else pd.DataFrame(columns=["scorer", *range(BINS), "run"])
    )
    kept = kept[["run", "scorer", *range(BINS)]]
    kept.columns = ["run", "scorer", *bins]
    write_table(study / "distributions.csv", kept)


def read_kept_traces(study: Path, n_runs: int) -> list[Traces]:
    """The traces that a study keeps, of each of its runs; none where it has no such files.

    Raises:
        LookupError: If they are of other runs.
        ValueError: If they are not what `keep_traces` writes.
    """
    curves, counts = (_by_run(study / f"{name}.csv") for name in ("training", "distributions"))
    if unknown := {*curves, *counts} - set(range(n_runs)):
        raise LookupError(f"run {unknown.pop()}")
    traces = []
    for number in range(n_runs):
        own = NO_TRACES.curves
        if number in curves:
            own = curves[number].apply(pd.to_numeric).dropna(axis=1, how="all")
            own = own.assign(fold=whole_numbers(own["fold"]), epoch=whole_numbers(own["epoch"]).astype(float))
        histograms = NO_TRACES.histograms
        if number in counts:
            histograms = counts[number].set_index("scorer").set_axis(range(BINS), axis=1).apply(whole_numbers)
        traces.append(Traces(own, histograms))
    return traces


def _by_run(file: Path) -> dict[int, pd.DataFrame]:
    """A study's table, by run, without the number of the run."""
    if not file.is_file():
        return {}
    table = read_table(file)
    return {int(str(run)): own.drop(columns="run") for run, own in table.groupby(whole_numbers(table["run"]))}
