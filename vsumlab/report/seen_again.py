"""Which of the differences between published figures are measured here, too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from vsumlab.metrics.rank import spearman_rho
from vsumlab.report.board import Board, boards
from vsumlab.report.cells import number
from vsumlab.report.compare import Comparison
from vsumlab.report.tables import PUBLISHED, TAU, Column, Table, as_table, f1_column
from vsumlab.runs.reading import Run

AGAIN, REVERSED, OPEN = "seen again", "reversed", "not distinguishable"


@dataclass(frozen=True)
class Pair:
    """Two lines of a comparison whose published figures differ.

    Attributes:
        higher: The number of the line that is published as the better one.
        lower: That of the other.
        apart: How far apart they are published, above 0.
        outcome: AGAIN, if the first is better here, too, and chance would seldom make it so; REVERSED, if the
            second is; else OPEN.
    """

    higher: Any
    lower: Any
    apart: float
    outcome: str


def seen_again_tables(runs: Sequence[Run]) -> list[Table]:
    """For each dataset and setting, by F1 and by τ, which published differences are measured, too.

    Lines with all folds are compared; there is no table of fewer than three different published figures.
    """
    tables = []
    for board in boards(runs):
        for metric, published in ((f1_column(board.comparison), PUBLISHED[0]), (TAU, PUBLISHED[1])):
            figures = published_figures(board, published)
            if figures.nunique() > 2:
                tables.append(seen_again_table(board, metric, figures))
    return tables


def published_figures(board: Board, published: tuple[str, str, int]) -> pd.Series:
    """What is published of the lines with all folds, by their number, as tables round it, highest first.

    Args:
        board: It has the lines.
        published: One of PUBLISHED.
    """
    title, column, digits = published
    whole = board.lines.index[board.lines["whole"]]
    figures: pd.Series = board.comparison.lines.loc[whole, column].astype(float).round(digits).dropna()
    return figures.sort_values(ascending=False, kind="stable").rename(title)


def seen_again_table(board: Board, metric: Column, figures: pd.Series) -> Table:
    """How often each line's published differences from the others are measured, too.

    Args:
        board: It has the lines.
        metric: The measured one.
        figures: See `published_figures`.
    """
    lines, (name, column, scale, digits) = board.comparison.lines, metric
    pairs = published_pairs(board.comparison, figures, column)
    measured = scale * lines.loc[figures.index, column].astype(float)
    cells = board.lines.loc[figures.index, ["method", "scorer", "run", "labels", figures.name]]
    cells[name] = [number(value, digits) for value in measured]
    own = [tally([pair for pair in pairs if line in (pair.higher, pair.lower)]) for line in figures.index]
    middle = float(np.median([pair.apart for pair in pairs]))
    far = [pair for pair in pairs if pair.apart >= middle]
    sums = [
        {"method": "all pairs", **tally(pairs)},
        {"method": f"the half furthest apart, by {middle:.{digits}f} or more", **tally(far)},
    ]
    table = pd.concat([cells.join(pd.DataFrame(own, index=cells.index)), pd.DataFrame(sums)])
    said = (
        "In the order of published figures, which are of the row's own paper or one that quotes it, on "
        "whatever splits, features and epochs. Each row is compared with all others on the same videos by a "
        "paired permutation test (p < 0.05). seen again: how many are published as worse, or as better, and "
        "are so here; reversed: how many are the other way round; not distinguishable: neither. Not "
        f"corrected: of {len(pairs)} pairs chance alone would distinguish about {0.05 * len(pairs):.0f}. "
        f"Spearman's ρ of published and measured figures: {spearman_rho(figures, measured):.2f}, of "
        f"{len(figures)} rows."
    )
    words = (board.comparison.dataset, board.setting, f"published differences in {name.split()[0]}")
    return as_table(" · ".join(filter(None, (*words, board.comparison.remark))), table, said, set())


def published_pairs(comparison: Comparison, figures: pd.Series, metric: str) -> list[Pair]:
    """Each two lines whose published figures differ, and whether they do so here.

    Args:
        comparison: It has the lines.
        figures: See `published_figures`.
        metric: The measured one.
    """
    found = []
    for (higher, above), (lower, below) in combinations(figures.items(), 2):
        if above > below:
            difference = comparison.difference(higher, lower, metric)  # type: ignore[arg-type]
            better = AGAIN if difference.mean > 0 else REVERSED
            outcome = better if difference.distinguishable else OPEN
            found.append(Pair(higher, lower, round(above - below, 4), outcome))
    return found


def tally(pairs: Sequence[Pair]) -> dict[str, str]:
    """How often each outcome is among some pairs."""
    counts = Counter(pair.outcome for pair in pairs)
    return {outcome: str(counts[outcome]) for outcome in (AGAIN, REVERSED, OPEN)}
