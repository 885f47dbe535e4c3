"""A row a video and scorer: the method's, the random one's, the humans' and their mean's, alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from vsumlab.metrics.protocol import METRICS, Floats, mean_of_known, spread_of_known

BASELINES = ("random", "human", "gtscore")
"""The scorers that stand in every table."""
ORACLE = " (test oracle)"
"""What the names of scorers end with whose epoch was chosen on the test videos."""


class Row(NamedTuple):
    """A line of `videos.csv`: F1 in [0, 1], correlations in [-1, 1], NaN where there is none."""

    fold: int
    seed: int
    dataset: str
    video: str
    scorer: str
    f1_mean: float
    f1_max: float
    kendall_tau: float
    spearman_rho: float
    score_variance: float


def read_row(cells: Mapping[str, str]) -> Row:
    """A row from the cells of its line, an empty one being a figure that there is not."""
    fold, seed, dataset, video, scorer = (cells[name] for name in Row._fields[:5])
    figures = (float(cells[name] or "nan") for name in METRICS)
    return Row(int(fold), int(seed), dataset, video, scorer, *figures)


class Statistics(NamedTuple):
    """A scorer's figures over a run, each a mapping from metric to number.

    Attributes:
        folds: For every fold, the means over its videos.
        mean: The means of those over the folds.
        spread: Their sample standard deviations over the folds; NaN for fewer than two that have the figure.
        videos: The means over all videos.
        n_videos: How many videos there are.
        n_without_rank: How many rows have no rank correlation, and so no part in its means: the scores, or
            all annotators', are constant.
    """

    folds: dict[int, dict[str, float]]
    mean: dict[str, float]
    spread: dict[str, float]
    videos: dict[str, float]
    n_videos: int
    n_without_rank: int


def scorers(rows: Sequence[Row]) -> list[str]:
    """The scorers that have rows, in order of appearance."""
    return list(dict.fromkeys(row.scorer for row in rows))


def statistics(rows: Sequence[Row], scorer: str) -> Statistics:
    """Means inside each fold, then over folds; and over all videos (both are in use in the literature)."""
    own = [row for row in rows if row.scorer == scorer]
    keys = np.array([row.video for row in own])  # a split file may test a video in several folds
    values = np.array([[getattr(row, metric) for metric in METRICS] for row in own], dtype=np.float64)
    index = np.array([row.fold for row in own])
    by_fold = {int(fold): mean_of_known(values[index == fold].T) for fold in np.unique(index)}
    by_video = [mean_of_known(values[keys == key].T) for key in dict.fromkeys(keys.tolist())]
    means = np.array(list(by_fold.values()))

    def named(figures: Floats) -> dict[str, float]:
        return dict(zip(METRICS, figures.tolist(), strict=True))

    return Statistics(
        folds={fold: named(figures) for fold, figures in by_fold.items()},
        mean=named(mean_of_known(means.T)),
        spread=named(spread_of_known(means.T)),
        videos=named(mean_of_known(np.array(by_video).T)),
        n_videos=len(by_video),
        n_without_rank=int(np.isnan(values[:, METRICS.index("kendall_tau")]).sum()),
    )
