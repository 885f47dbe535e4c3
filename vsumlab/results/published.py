"""Published figures: every row of every table of results in both papers, kept as data beside this file."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vsumlab.errors import UserError


class Entry(NamedTuple):
    """A row of a published table for one dataset and setting: F1 in percent, correlations; NaN where none.

    Attributes:
        table: For instance `csnet table 2`.
        kind: `own` for the paper's method, `previous` for work that it quotes, `human` for people.
        row: What the paper calls it; a star marks criteria of pre-trained features.
    """

    table: str
    kind: str
    row: str
    dataset: str
    setting: str
    f1: float
    kendall_tau: float
    spearman_rho: float


class Published(NamedTuple):
    """What a paper reports for one of its own rows: F1 in percent, correlations; NaN where it does not.

    Attributes:
        row: What the paper calls it.
        tables: The tables that the figures stand in.
        setting: What was trained on.
    """

    row: str
    tables: tuple[int, ...]
    setting: str
    f1: float
    kendall_tau: float
    spearman_rho: float


FIGURES = ("f1", "kendall_tau", "spearman_rho")


@cache
def entries() -> tuple[Entry, ...]:
    """All that is published, in the order of the papers' tables."""
    with Path(__file__).with_name("published.csv").open(newline="", encoding="utf-8") as file:
        return tuple(
            Entry(
                f"{line['paper']} table {line['table']}",
                line["kind"],
                line["row"],
                line["dataset"],
                line["setting"],
                *(float(line[name] or "nan") for name in FIGURES),
            )
            for line in csv.DictReader(file)
        )


def published_table(table: str) -> list[Entry]:
    """The rows of a published table.

    Raises:
        UserError: If there is no such table.
    """
    found = [entry for entry in entries() if entry.table == table]
    if not found:
        known = ", ".join(dict.fromkeys(entry.table for entry in entries()))
        raise UserError(f"published={table}: expected one of {known}")
    return found


def published_figures(row: str, dataset: str, setting: str) -> Published | None:
    """What a paper reports for a row of its own, a dataset and a setting, if it does."""
    wanted = ("own", row, dataset, setting)
    found = [entry for entry in entries() if entry[1:5] == wanted]
    if not found:
        return None
    # a row's F1 and its correlations may stand in different tables; CSNet is in several
    figures = {
        name: next(
            (value for entry in found if not math.isnan(value := float(getattr(entry, name)))), math.nan
        )
        for name in FIGURES
    }
    tables = tuple(sorted({int(entry.table.split()[-1]) for entry in found}))
    return Published(row, tables, setting, **figures)
