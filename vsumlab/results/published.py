"""Published figures, kept as data beside this file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple


class Published(NamedTuple):
    """A figure of a paper: F1 in percent, and where it stands."""

    paper: str
    table: int
    row: str
    dataset: str
    setting: str
    f1: float


def published_figure(row: str | None, dataset: str, setting: str) -> Published | None:
    """What a paper's table reports for a row, a dataset and a setting, if it does."""
    with Path(__file__).with_name("published.csv").open(newline="") as file:
        for entry in csv.DictReader(file):
            if (entry["row"], entry["dataset"], entry["setting"]) == (row, dataset, setting):
                return Published(
                    entry["paper"], int(entry["table"]), entry["row"], dataset, setting, float(entry["f1"])
                )
    return None
