"""Studies over two or three numbers, as grids: a small matrix a scorer instead of a long table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from vsumlab.report.cells import in_words
from vsumlab.report.compare import Comparison
from vsumlab.report.tables import TAU, Table, cell, f1_column

LEAST = 6
"""How many cells are worth a grid."""


def is_numeric(values: pd.Series) -> bool:
    """Whether entries of configurations are numbers."""
    return bool(pd.to_numeric(values, errors="coerce").notna().all())


def axes(comparison: Comparison) -> list[str]:
    """The entries that a grid is over: two or three numbers, all combinations of which were run."""
    lines = on_grid(comparison)
    names = [name for name in comparison.entries if lines[name].nunique() > 1]
    if not 2 <= len(names) <= 3 or not all(is_numeric(lines[name]) for name in names):
        return []
    combinations = set(product(*(lines[name].unique() for name in names)))
    for _, own in lines.groupby(["setting", "scorer"]):
        if set(zip(*(own[name] for name in names), strict=True)) != combinations:
            return []
    return names if len(combinations) >= LEAST else []


def on_grid(comparison: Comparison) -> pd.DataFrame:
    """The lines of methods that have figures."""
    return comparison.lines[(comparison.lines["kind"] == "method") & (comparison.lines["videos"] > 0)]


def off_grid(comparison: Comparison) -> Comparison:
    """A comparison without the lines that a grid shows, but for those that the paper has."""
    if not axes(comparison):
        return comparison
    left = on_grid(comparison)
    shown = comparison.lines.drop(left.index[left["paper_row"] == ""])
    return replace(comparison, lines=shown)


def grids_of(comparison: Comparison) -> list[tuple[str, pd.DataFrame]]:
    """The lines of each setting and scorer, with what they are called; none where there is no grid."""
    if not axes(comparison):
        return []
    return [
        (f"{setting} · {scorer}", lines)
        for (setting, scorer), lines in on_grid(comparison).groupby(["setting", "scorer"], sort=False)
    ]


def grid_tables(comparison: Comparison) -> list[Table]:
    """For each scorer a matrix of tau and one of F1: the number with most values across."""
    tables = []
    for name, lines in grids_of(comparison):
        for column in (TAU, f1_column(comparison)):
            cells = [cell(comparison, line, column) for line in lines.index]
            words = [comparison.dataset, name, column[0], comparison.said]
            tables.append(as_matrix(" · ".join(filter(None, words)), comparison, lines, cells, ""))
    return tables


def grid_difference_tables(comparison: Comparison) -> list[Table]:
    """For each scorer a matrix of the differences in tau from random scores, with their intervals."""
    tables = []
    for name, lines in grids_of(comparison):
        differences = [comparison.from_random(line, TAU[1]) for line in lines.index]
        words = [in_words(difference, 1, 3) for difference in differences if difference is not None]
        cells = [f"{mean} ({interval})" for mean, interval, _ in words]
        title = f"{comparison.dataset}: differences in τ from random · {name}"
        notes = "In brackets: 95 % interval over videos."
        tables.append(as_matrix(title, comparison, lines, cells, notes))
    return tables


def heat_map_data(comparison: Comparison, lines: pd.DataFrame, metric: str) -> pd.DataFrame:
    """A metric's means over a grid."""
    return matrix(comparison, lines, lines[metric].tolist()).astype(float)


def as_matrix(
    title: str, comparison: Comparison, lines: pd.DataFrame, cells: Sequence[str], notes: str
) -> Table:
    """Cells of lines as a table."""
    wide = matrix(comparison, lines, cells)
    rows = [[name, *row] for name, row in zip(wide.index, wide.to_numpy().tolist(), strict=True)]
    return Table(title, ["", *wide.columns], rows, notes)


def matrix(comparison: Comparison, lines: pd.DataFrame, cells: Sequence[Any]) -> pd.DataFrame:
    """Cells of lines by the lines' numbers, in order: across the one with most values, the others down."""
    numbers = lines[axes(comparison)].apply(pd.to_numeric)
    numbers.columns = pd.Index([name.rsplit(".", 1)[-1] for name in numbers])
    across = numbers.nunique().iloc[::-1].idxmax()
    down = [name for name in numbers if name != across]
    ordered = numbers.assign(cell=list(cells)).sort_values([*down, across])
    ordered["down"] = ordered[down].apply(in_words_of, axis=1)
    ordered["across"] = ordered[[across]].apply(in_words_of, axis=1)
    wide = ordered.pivot(index="down", columns="across", values="cell")
    found: pd.DataFrame = wide.reindex(index=ordered["down"].unique(), columns=ordered["across"].unique())
    return found


def in_words_of(numbers: pd.Series) -> str:
    """Numbers with their names."""
    return ", ".join(f"{name}={value:g}" for name, value in numbers.items())
