"""Differences from random scores to look at: of lines of a comparison, and of the leaderboard's methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from vsumlab.names import file_name
from vsumlab.plotting import svg
from vsumlab.report.board import Board
from vsumlab.report.compare import Comparison
from vsumlab.report.plots import ForestRow, forest_plot
from vsumlab.report.tables import TAU


class Picture(NamedTuple):
    """A picture on a page: its file's name, what it shows, and the SVG."""

    file: str
    caption: str
    svg: str


def leaderboard_pictures(boards: Sequence[Board]) -> list[Picture]:
    """The main scorers of methods that have all folds, a picture for each dataset and setting.

    Those without labels come first, each kind in the order of τ, and people last.
    """
    return [picture(board) for board in boards]


def picture(board: Board) -> Picture:
    """The methods on one dataset in one setting."""
    dataset, setting = board.comparison.dataset, board.setting
    methods = board.main_lines.sort_values("supervised", kind="stable")
    people = board.baselines.loc[board.baselines["method"] == "human", "method"]
    names = pd.concat([methods.apply(named, axis=1), people])
    rows = forest_rows(board.comparison, names)
    caption = (
        f"{dataset}, {setting}: differences from random scores in F1 and τ, means over videos with 95 % "
        "intervals; grey where chance could make them"
    )
    return Picture(f"{file_name(f'{dataset}_{setting}')}.svg", caption, svg(forest_plot(rows)).decode())


def named(line: pd.Series) -> str:
    """A row's name: its method's, that of its runs where several are of one, and whether it has labels."""
    name = f"{line['method']} ({line['run']})" if line["run"] else str(line["method"])
    says_so = line["method"].endswith("_supervised")
    return f"{name}, with labels" if line["supervised"] and not says_so else name


def forest_rows(comparison: Comparison, names: pd.Series) -> list[ForestRow]:
    """How some lines differ from random scores, those left out.

    Args:
        comparison: On one dataset.
        names: What lines are called, by their number.
    """
    rows = []
    for number, name in zip(names.index.tolist(), names, strict=True):
        f1, tau = (comparison.from_random(number, each) for each in (comparison.headline, TAU[1]))
        if f1 is not None and tau is not None:
            rows.append(ForestRow(name, f1, tau))
    return rows
