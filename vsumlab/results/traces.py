"""What a run leaves besides its figures: what it logged epoch by epoch, how its scores are distributed."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.data.reader import natural_order
from vsumlab.errors import UserError
from vsumlab.results.run_folder import write_csv

Curves = dict[str, dict[int, dict[int, float]]]
"""Values by what they are of, by fold, and by epoch from 0: validation may skip some."""
Histogram = npt.NDArray[np.int64]
"""(BINS,) how many frames of all test videos are scored how high, from 0 to 1."""

BINS = 40
EDGES = np.linspace(0, 1, BINS + 1)


class Traces(NamedTuple):
    """What a run leaves.

    Attributes:
        curves: Of training and validation.
        histograms: Of importance scores, by scorer.
    """

    curves: Curves
    histograms: dict[str, Histogram]


NO_TRACES = Traces({}, {})


def read_traces(run: Path) -> Traces:
    """The traces in a run folder: those of the CSV logger, and of `scores.h5`.

    Raises:
        UserError: If they cannot be read.
    """
    try:
        return Traces(logged_curves(run), score_histograms(run / "scores.h5"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f"{run}: metrics.csv or scores.h5 is not as a run writes it ({error!r}): move it away"
        ) from error


def logged_curves(run: Path) -> Curves:
    """What the CSV logger has of a run's training and validation."""
    curves: Curves = {}
    for file in sorted(run.glob("fold_*/metrics.csv"), key=lambda file: natural_order(str(file))):
        fold = int(file.parent.name.removeprefix("fold_"))
        with file.open(newline="", encoding="utf-8") as lines:
            for line in csv.DictReader(lines):
                for name, value in line.items():
                    if value and re.match("(train|validation)/(?!chosen/)", name):
                        of_fold = curves.setdefault(name, {}).setdefault(fold, {})
                        of_fold[int(line["epoch"])] = float(value)
    return curves


def score_histograms(path: Path) -> dict[str, Histogram]:
    """How all scores in a file are distributed, by scorer."""
    found: dict[str, Histogram] = {}
    if path.is_file():
        with h5py.File(path) as file:
            for videos in file.values():
                for scorers in videos.values():
                    for scorer, group in scorers.items():
                        counts = np.histogram(group["importance_scores"][()], EDGES)[0]
                        found[scorer] = found.get(scorer, 0) + counts
    return found


def together(traces: Iterable[Traces]) -> Traces:
    """The traces of several runs: of a fold that several have the first one's curves, of all the scores."""
    curves: Curves = {}
    histograms: dict[str, Histogram] = {}
    for one in traces:
        for name, folds in one.curves.items():
            curves[name] = {**folds, **curves.get(name, {})}
        for scorer, counts in one.histograms.items():
            histograms[scorer] = histograms.get(scorer, 0) + counts
    return Traces({name: dict(sorted(folds.items())) for name, folds in curves.items()}, histograms)


def keep_traces(study: Path, traces: Sequence[Traces]) -> None:
    """Keeps runs' traces in a study's folder: `training.csv` and `distributions.csv`."""
    names = list(dict.fromkeys(name for one in traces for name in one.curves))
    lines: list[list[Any]] = [["run", "fold", "epoch", *names]]
    for index, one in enumerate(traces):
        for fold in sorted({fold for folds in one.curves.values() for fold in folds}):
            own = [one.curves.get(name, {}).get(fold, {}) for name in names]
            for epoch in sorted(set().union(*own)):
                values = [f"{column[epoch]:.5g}" if epoch in column else "" for column in own]
                lines.append([index, fold, epoch, *values])
    write_csv(study / "training.csv", lines)
    counts = [
        [index, scorer, *counts.tolist()]
        for index, one in enumerate(traces)
        for scorer, counts in one.histograms.items()
    ]
    write_csv(
        study / "distributions.csv", [["run", "scorer", *(f"{edge:g}" for edge in EDGES[:-1])], *counts]
    )


def read_kept_traces(study: Path, n_runs: int) -> list[Traces]:
    """The traces that a study keeps, of each of its runs."""
    traces = [Traces({}, {}) for _ in range(n_runs)]
    for cells in rows(study / "training.csv"):
        run, fold, epoch = (int(cells.pop(name)) for name in ("run", "fold", "epoch"))
        for name, value in cells.items():
            if value:
                traces[run].curves.setdefault(name, {}).setdefault(fold, {})[epoch] = float(value)
    for cells in rows(study / "distributions.csv"):
        run, scorer = int(cells.pop("run")), cells.pop("scorer")
        traces[run].histograms[scorer] = np.array([int(count) for count in cells.values()])
    return traces


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file's rows; none where there is no file."""
    if not path.is_file():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
