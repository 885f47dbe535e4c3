"""Published figures, kept as data beside this file."""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import NamedTuple


class Published(NamedTuple):
    """What a paper reports for a row of its tables: F1 in percent, correlations; NaN where it does not.

    Attributes:
        row: What the paper calls it; a star marks criteria of pre-trained features.
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


def published_figures(row: str, dataset: str, setting: str) -> Published | None:
    """What the papers' tables report for a row, a dataset and a setting, if they do."""
    with Path(__file__).with_name("published.csv").open(newline="") as file:
        entries = [
            entry
            for entry in csv.DictReader(file)
            if (entry["row"], entry["dataset"], entry["setting"]) == (row, dataset, setting)
        ]
    if not entries:
        return None
    # a row's F1 and its correlations may stand in different tables; CSNet is in its table 3 as in table 2
    figures = {name: next((float(e[name]) for e in entries if e[name]), math.nan) for name in FIGURES}
    tables = tuple(sorted({int(entry["table"]) for entry in entries}))
    return Published(row, tables, setting, **figures)
