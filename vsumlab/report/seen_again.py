"""Which of the differences between published figures are measured here, too."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from vsumlab.report.board import Board
from vsumlab.report.cells import number
from vsumlab.report.compare import Comparison
from vsumlab.report.tables import DAGGER_SAID, PUBLISHED, TAU, Column, Table, as_table, f1_column

OUTCOMES = {1: "seen again", -1: "reversed", 0: "undecided"}
"""What a published difference is here, by the sign of ours."""

DEALS = 9999
"""How often published figures are dealt to rows at random."""


def seen_again_tables(boards: Sequence[Board]) -> list[Table]:
    """For each dataset and setting, by F1 and by τ, which published differences are measured, too.

    Lines with all folds are compared. There is no table of fewer than three different published figures, or
    of too few videos to distinguish anything.
    """
    tables = []
    for board in boards:
        for metric, published in ((f1_column(board.comparison), PUBLISHED[0]), (TAU, PUBLISHED[1])):
            figures = published_figures(board, metric, published)
            pairs = compared(board.comparison, figures, metric)
            if figures.nunique() > 2 and len(pairs):
                tables.append(seen_again_table(board, metric, published[0], figures, pairs))
    return tables


def published_figures(board: Board, metric: Column, published: tuple[str, str, int]) -> pd.Series:
    """What is published of the lines with all folds that have a metric, rounded as tables show it.

    A row of a paper that was run in several ways is there as often.

    Args:
        board: It has the lines.
        metric: The measured one.
        published: One of PUBLISHED.

    Returns:
        The figures by the number of the line, highest first.
    """
    _, column, digits = published
    lines = board.comparison.lines.loc[board.lines.index[board.lines["whole"]]]
    figures: pd.Series = lines.loc[lines[metric[1]].notna(), column].astype(float).round(digits).dropna()
    return figures.sort_values(ascending=False, kind="stable")


def compared(comparison: Comparison, figures: pd.Series, metric: Column) -> pd.DataFrame:
    """Each two lines on their common videos, where these are enough to distinguish anything.

    Args:
        comparison: It has the lines.
        figures: See `published_figures`.
        metric: The measured one.

    Returns:
        `higher` and `lower`, the lines' numbers in the order of their published figures; `apart`, how far
        these are apart, at least 0; `sign`, 1 where the first line is better here, -1 where the second one
        is, 0 where p is not below 0.05; and whether the published difference `fits` in the interval of ours.
    """
    _, column, scale, _ = metric
    rows = []
    for higher, lower in combinations(figures.index, 2):
        ours = comparison.difference(higher, lower, column)
        if ours.decidable:
            apart = figures[higher] - figures[lower]
            sign = int(np.sign(ours.mean)) if ours.distinguishable else 0
            fits = ours.low <= apart / scale <= ours.high
            rows.append({"higher": higher, "lower": lower, "apart": apart, "sign": sign, "fits": fits})
    return pd.DataFrame(rows)


def seen_again_table(
    board: Board, metric: Column, title: str, figures: pd.Series, pairs: pd.DataFrame
) -> Table:
    """How often each line's published differences from the others are measured, too.

    Args:
        board: It has the lines.
        metric: The measured one.
        title: Of the column of published figures.
        figures: See `published_figures`.
        pairs: See `compared`.
    """
    lines, (name, column, scale, digits) = board.comparison.lines, metric
    differing = pairs[pairs["apart"] > 0]
    cells = board.lines.loc[figures.index, ["method", "scorer", "run", "row in the paper", "labels", title]]
    cells[name] = [number(scale * value, digits) for value in lines.loc[figures.index, column].astype(float)]
    counts = []
    for line in figures.index:
        own = differing[(differing["higher"] == line) | (differing["lower"] == line)]
        above = own.loc[(own["higher"] == line) & (own["sign"] < 0), "lower"]
        counts.append(tally(own) | {"above it here": "; ".join(lines.loc[above, "scorer"])})
    as_published = figures.index[lines.loc[figures.index, "differs"] == ""]
    plain = differing[differing["higher"].isin(as_published) & differing["lower"].isin(as_published)]
    sums = [{"method": "all pairs", **tally(differing)}]
    if 0 < len(plain) < len(differing):
        sums.append({"method": "pairs without †", **tally(plain)})
    table = pd.concat([cells.join(pd.DataFrame(counts, index=cells.index)), pd.DataFrame(sums)])
    said = (
        "In the order of published figures, of the row's own paper or one that quotes it, on whatever "
        "splits, features and epochs. Each row is compared with all whose published figure is another, on "
        "the same videos, with the networks as trained; a pair is in two rows. seen again: how often the "
        "published order is found here, too (mean over videos; paired permutation test, p < 0.05, not "
        "corrected); reversed: how often the opposite one is; undecided: the rest. fits: how often the "
        "published difference is within the 95 % interval of ours. above it here: the reversed ones. With "
        "published figures dealt to rows at random, seen again less reversed would be as high in "
        f"{100 * dealt_share(figures, pairs):.1f} % of {DEALS} deals."
    )
    if len(as_published) < len(figures):
        said = f"{said} {DAGGER_SAID}"
    return as_table(board.title(f"published differences in {name.split()[0]}"), table, said, set())


def tally(pairs: pd.DataFrame) -> dict[str, str]:
    """How often each outcome is among some pairs, and how many differences fit."""
    counts = {outcome: str(int((pairs["sign"] == sign).sum())) for sign, outcome in OUTCOMES.items()}
    return counts | {"fits": str(int(pairs["fits"].sum()))}


def dealt_share(figures: pd.Series, pairs: pd.DataFrame) -> float:
    """In what share of deals published figures have as many differences seen again, less reversed ones.

    Args:
        figures: See `published_figures`.
        pairs: See `compared`.
    """
    higher, lower = (figures.index.get_indexer(pd.Index(pairs[end])) for end in ("higher", "lower"))
    published = figures.to_numpy()
    deals = np.random.default_rng(0).permuted(np.tile(published, (DEALS, 1)), axis=1)
    dealt = np.sign(deals[:, higher] - deals[:, lower]) @ pairs["sign"].to_numpy()
    found = np.sign(published[higher] - published[lower]) @ pairs["sign"].to_numpy()
    return float((1 + (dealt >= found).sum()) / (1 + DEALS))
