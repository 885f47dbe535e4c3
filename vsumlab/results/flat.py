"""All the numbers of a comparison, for a CSV file."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from vsumlab.metrics.protocol import METRICS
from vsumlab.results.cells import spans
from vsumlab.results.comparison import Comparison, Line
from vsumlab.results.published import FIGURES
from vsumlab.results.significance import Difference


def flat_rows(comparisons: Sequence[Comparison]) -> list[list[Any]]:
    """All lines with all their numbers, a row each after a header, for a CSV file: F1 in [0, 1]."""
    rows = []
    for comparison in comparisons:
        for line in comparison.lines:
            numbers = {f"{part}{metric}": value for part, metric, value in all_numbers(line)}
            numbers |= {f"paper_{name}": line.published.get(name, math.nan) for name in FIGURES}
            told: dict[str, str | int] = {
                "dataset": comparison.dataset,
                "remark": comparison.remark,
                "setting": line.setting,
                "scorer": line.scorer,
                "run": " ".join(line.told),
                "paper_row": line.paper_row,
                "seeds": spans(line.seeds),
                "folds": spans(line.folds),
                "videos": line.n_videos or "",
                "missing": line.state,
            }
            cells: dict[str, str | int] = {
                name: "" if math.isnan(value) else f"{value:.6g}" for name, value in numbers.items()
            }
            rows.append(told | cells)
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def all_numbers(line: Line) -> Iterator[tuple[str, str, float]]:
    """Every number that is measured of a line, or NaN: what it is of its metric, the metric, the number."""
    for metric in METRICS:
        yield "", metric, line.mean.get(metric, math.nan)
        yield "spread_of_", metric, line.spread.get(metric, math.nan)
        difference = line.differences.get(metric, NO_DIFFERENCE)
        for name in ("mean", "low", "high", "p"):
            yield f"minus_random_{name}_of_", metric, float(getattr(difference, name))


NO_DIFFERENCE = Difference(math.nan, math.nan, math.nan, math.nan, 0)
