"""Which rows of a paper's tables a run is: only where it is configured as the paper's row is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from vsumlab.config import compose_config, find_conf, flattened
from vsumlab.errors import UserError
from vsumlab.methods.published import FIGURES, PaperRow, own_figures, quoted_figures
from vsumlab.methods.registry import methods, published_tables, tables_of
from vsumlab.report.naming import compared, with_last_epoch
from vsumlab.runs.earlier_versions import modernized
from vsumlab.runs.reading import Run

TRAINING = ("method.", "batch_size", "trainer.", "setting.", "selection.")
"""The entries of a configuration that say what is trained and how."""
AS_YOU_LIKE = ("setting.fold_seed", "setting.others.")
"""Those that the papers do not fix: how folds are drawn, and what files are called."""
ROUNDED = (("trainer.precision", "bf16-mixed"), ("trainer.precision", "16-mixed"))
"""What the papers do not fix either: how products are rounded, while weights stay float32."""


def paper_rows(run: Run) -> dict[str, str]:
    """What the paper calls each of a run's scorers; nothing where any value is another than the paper's."""
    return {scorer: row.row for scorer, row in claimed_rows(run).items()}


def claimed_rows(run: Run) -> dict[str, PaperRow]:
    """Which row of its paper each of a run's scorers is, if it is one.

    A row belongs to the method's file in `conf/method`, with the row's own switches and nothing else changed.
    """
    dataset, setting = (str(run.config[name]) for name in ("data.name", "setting.name"))
    found = {}
    for row in rows_of_preset(run.config.get("method_name")):
        default = defaults(row.preset, dataset, setting)
        if default and trains_the_same(with_last_epoch(run.config), default | with_prefix(row.switches)):
            found[row.scorer] = row
    return found


def rows_of_preset(preset: Any) -> list[PaperRow]:
    """The rows of papers that a file of `conf/method` can be."""
    return [row for method in methods().values() for row in method.paper_rows if row.preset == preset]


def published(run: Run, row: str) -> dict[str, float]:
    """What is reported for a row of the paper of a run's method; empty where nothing is.

    What the paper itself does not report is taken from other papers that quote the row.
    """
    dataset, setting = (str(run.config[name]) for name in ("data.name", "setting.name"))
    claimed = rows_of_preset(run.config.get("method_name"))
    own = [
        each
        for method in methods().values()
        if any(their in claimed for their in method.paper_rows)
        for each in tables_of(method)
    ]
    names = {name for each in claimed if each.row == row for name in each.quoted}
    figures = own_figures(own, row, dataset, setting)
    quoted = quoted_figures(published_tables(), names, dataset, setting)
    return {
        name: quoted.get(name, math.nan) if math.isnan(figures.get(name, math.nan)) else figures[name]
        for name in FIGURES
        if figures or quoted
    }


@cache
def defaults(preset: str, dataset: str, setting: str) -> dict[str, Any]:
    """The configuration of a method's file on a dataset and setting; empty where `conf` has none of those."""
    groups = {"method": preset, "data": dataset, "setting": setting}
    if not all((find_conf() / group / f"{name}.yaml").is_file() for group, name in groups.items()):
        return {}
    try:
        return modernized(flattened(compose_config([f"{group}={name}" for group, name in groups.items()])))
    except UserError:  # a setting that a dataset does not have
        return {}


def with_prefix(switches: Any) -> dict[str, Any]:
    """Hyper-parameters under the names that they have in the configuration."""
    return {f"method.{name}": value for name, value in switches.items()}


def trains_the_same(config: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
    """Whether two configurations have the same values in all that says what is trained and how."""
    names = {
        name
        for name in {*config, *default}
        if name.startswith(TRAINING) and not name.startswith(AS_YOU_LIKE) and compared(name, config)
    }
    return all(config.get(name) == default.get(name) or (name, config.get(name)) in ROUNDED for name in names)
