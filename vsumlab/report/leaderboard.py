"""Tables of methods in the order of their rank correlation: without labels, with labels, the best of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from vsumlab.report.board import Board
from vsumlab.report.supervision import KINDS
from vsumlab.report.tables import Table, as_table, differences_table, notes

SHOWN = {False: 4, True: 3}
"""How many methods of each kind the short table has at most."""

COLUMNS_SAID = (
    "In the order of τ, those of all folds first; whether neighbours differ is not tested. hours: on the "
    "CPU, training and testing of these folds; in parentheses by the clock. its direction: τ of the "
    "direction of feature space that co-varies with the method's scores (consensus). chosen on test: what a "
    "choice of the epoch by F1 on the test videos adds, an oracle, where scores of both epochs have the "
    "metric; hours may have its test of every epoch. Both are of the seeds that have them."
)


def leaderboard_tables(boards: Sequence[Board]) -> list[Table]:
    """The methods without labels, those with labels, and how all differ from random scores.

    Three tables for each dataset and setting.
    """
    tables = []
    for board in boards:
        for supervised, title in KINDS.items():
            lines = board.lines[board.lines["supervised"] == supervised]
            if len(lines):
                tables.append(as_shown(board, title, lines, {"labels"}))
        tables.append(differences_table(board.comparison, "random"))
    return tables


def leaders_tables(boards: Sequence[Board]) -> list[Table]:
    """For each dataset and setting up to ten rows: the best of each kind by main scorers, random, people."""
    tables = []
    for board in boards:
        whole = board.main_lines
        best = {kind: whole[whole["supervised"] == kind].head(count) for kind, count in SHOWN.items()}
        counts = " and ".join(f"{len(lines)} {KINDS[kind]}" for kind, lines in best.items() if len(lines))
        title = f"the best {counts}, of {len(whole)} by τ"
        tables.append(as_shown(board, title, pd.concat(best.values()), {"ρ", "paper: ρ"}))
    return tables


def as_shown(board: Board, title: str, lines: pd.DataFrame, hidden: set[str]) -> Table:
    """Some of the lines, and below them random scores and people."""
    cells = pd.concat([lines, board.baselines])
    shown = replace(board.comparison, lines=board.comparison.lines.loc[cells.index])
    said = f"{COLUMNS_SAID} {notes(shown)}"
    return as_table(board.title(title), cells, said, {"supervised", "whole", "main", *hidden})
