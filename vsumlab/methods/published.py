"""Published figures: every row of every table of results in a method's paper, kept as data in its folder."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FIGURES = ("f1", "kendall_tau", "spearman_rho")


class PaperRow(NamedTuple):
    """Which configuration of a method is a row of its paper: a file of `conf/method`, but for some switches.

    Attributes:
        row: What the paper calls it.
        preset: The file in `conf/method`.
        scorer: Which of the method's scorers.
        switches: Hyper-parameters that the row has otherwise than the file.
        quoted: What other papers call it in their tables.
        differs: Whether it is on purpose otherwise than in the paper: the method's page says how.
    """

    row: str
    preset: str
    scorer: str
    switches: Mapping[str, Any]
    quoted: tuple[str, ...] = ()
    differs: bool = False


class TableRow(NamedTuple):
    """A row of a published table for one dataset and setting: F1 in percent, correlations; NaN where none.

    Attributes:
        table: For instance `csnet table 2`.
        kind: `own` for the paper's method, `previous` for work that it quotes, `human` for people.
        row: What the paper calls it; a star marks criteria of pre-trained features.
        dataset: The evaluated one.
        setting: What was trained on.
    """

    table: str
    kind: str
    row: str
    dataset: str
    setting: str
    f1: float
    kendall_tau: float
    spearman_rho: float

    @property
    def figures(self) -> dict[str, float]:
        """The figures by name, as FIGURES."""
        return {name: float(getattr(self, name)) for name in FIGURES}


@cache
def read_tables(file: Path) -> tuple[TableRow, ...]:
    """All that a `published.csv` holds, in the order of the paper's tables; nothing if there is no file."""
    if not file.is_file():
        return ()
    with file.open(newline="", encoding="utf-8") as lines:
        return tuple(
            TableRow(
                f"{line['paper']} table {line['table']}",
                line["kind"],
                line["row"],
                line["dataset"],
                line["setting"],
                *(float(line[name] or "nan") for name in FIGURES),
            )
            for line in csv.DictReader(lines)
        )


def own_figures(tables: Sequence[TableRow], row: str, dataset: str, setting: str) -> dict[str, float]:
    """What a paper reports for a row of its own; empty where it reports nothing."""
    return figures_of([each for each in tables if each[1:5] == ("own", row, dataset, setting)])


def quoted_figures(
    tables: Sequence[TableRow], names: Collection[str], dataset: str, setting: str
) -> dict[str, float]:
    """What papers report for a row of another one, by any of its names there; empty where none does."""
    return figures_of(
        [
            each
            for each in tables
            if each.row in names and (each.kind, *each[3:5]) == ("previous", dataset, setting)
        ]
    )


def figures_of(found: Sequence[TableRow]) -> dict[str, float]:
    """One row's figures: its F1 and its correlations may stand in different tables, each from the first."""
    return {
        name: next((value for each in found if not math.isnan(value := each.figures[name])), math.nan)
        for name in FIGURES
        if found
    }
