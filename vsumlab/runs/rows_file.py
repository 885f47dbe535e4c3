"""The rows of a run or a study, each column of its own kind, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.errors import printable
from vsumlab.evaluation.rows import COLUMNS, DISTINCT
from vsumlab.runs.folder import read_table

RANGES: dict[str, tuple[float, float]] = {
    "f1_mean": (0, 1),
    "f1_max": (0, 1),
    "kendall_tau": (-1, 1),
    "spearman_rho": (-1, 1),
}
RANGES |= {"score_variance": (0, 1e100), DISTINCT: (0, 1)}
NAMES = ("dataset", "video", "scorer")
ROUNDING = 1e-6
"""By how much a figure may leave its range: a study keeps six digits."""


def read_rows(path: Path) -> pd.DataFrame:
    """The rows of a `videos.csv` or of a study's `results.csv`, where names stay text.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no CSV file, or larger than any.
    """
    return read_table(path, NAMES)


def check_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of a `videos.csv`, each column of its own kind; what else it has is left out.

    Earlier versions did not count distinct scores: they are NaN there.

    Raises:
        ValueError: If a column is missing or holds something else, a figure is out of its range, or a video
            is scored twice.
    """
    table = rows.assign(**({} if DISTINCT in rows else {DISTINCT: np.nan}))
    if lacking := [name for name in COLUMNS if name not in table]:
        raise ValueError(f"videos.csv has no column {lacking[0]}")
    found = table[COLUMNS].copy()
    for name in ("fold", "seed"):
        found[name] = whole_numbers(found[name].rename(f"videos.csv: {name}"))
    for name in NAMES:
        if found[name].isna().any():
            raise ValueError(f"videos.csv: {name}: is empty in a row")
        found[name] = found[name].astype(str)
    for name in (*METRICS, DISTINCT):
        found[name] = figures(found[name])
    place = ["fold", "seed", "video", "scorer"]
    if found.duplicated(place).any():
        twice = found[found.duplicated(place)].iloc[0]
        raise ValueError(f"videos.csv: {printable(twice['video'], longest=60)}: is there twice")
    return found


def whole_numbers(column: pd.Series) -> pd.Series:
    """A column of folds, seeds or counts.

    Raises:
        ValueError: If one is none.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    if not (np.isfinite(numbers) & (numbers >= 0) & (numbers < 2**53) & (numbers == numbers.round())).all():
        raise ValueError(f"{column.name}: expected whole numbers, at least 0")
    return numbers.astype("int64")


def figures(column: pd.Series) -> pd.Series:
    """A column of a metric, NaN where there is none.

    Raises:
        ValueError: If something else stands there, or a figure is out of the metric's range.
    """
    low, high = RANGES[str(column.name)]
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    inside = (numbers >= low - ROUNDING) & (numbers <= high + ROUNDING) & np.isfinite(numbers)
    if not (inside | column.isna()).all():
        raise ValueError(f"videos.csv: {column.name}: expected numbers from {low} to {high}")
    return numbers
