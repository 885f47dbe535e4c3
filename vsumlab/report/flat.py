"""All the numbers of a comparison, for a CSV file."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from vsumlab.core.metric_names import METRICS
from vsumlab.errors import visible
from vsumlab.methods.published import FIGURES
from vsumlab.report.cells import spans
from vsumlab.report.compare import Comparison
from vsumlab.report.lines import OVER_FOLDS, OVER_SEEDS

TEXTS = ("dataset", "remark", "setting", "scorer", "run", "paper_row", "missing")
"""The columns of text."""


def all_numbers(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """All lines with all their numbers: F1 in [0, 1], but in percent where it is published."""
    found = pd.concat([numbers_of(comparison) for comparison in comparisons], ignore_index=True)
    return found.assign(**{name: found[name].map(visible) for name in TEXTS})


def numbers_of(comparison: Comparison) -> pd.DataFrame:
    """The lines of one dataset."""
    lines = comparison.lines
    found = lines[["setting", "scorer", "run", "paper_row"]].copy()
    found.insert(0, "dataset", comparison.dataset)
    found.insert(1, "remark", comparison.said)
    found["seeds"], found["folds"] = lines["seeds"].map(spans), lines["folds"].map(spans)
    found["videos"] = lines["videos"].where(lines["videos"] > 0, "")
    found["missing"] = lines["missing"]
    for metric in METRICS:
        for suffix in ("", OVER_FOLDS, OVER_SEEDS):
            found[metric + suffix] = lines[metric + suffix]
        differences = [comparison.from_random(line, metric) for line in lines.index]
        for part in ("mean", "low", "high", "p"):
            found[f"minus_random_{part}_of_{metric}"] = [
                getattr(each, part) if each is not None else None for each in differences
            ]
    for name in FIGURES:
        found[f"paper_{name}"] = lines[f"paper_{name}"]
    return found
