"""Which tables a report, a run and a study's page have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from vsumlab.report.compare import Comparison, compare
from vsumlab.report.grid import axes, grid_difference_tables, grid_tables, off_grid
from vsumlab.report.provenance import runs_table
from vsumlab.report.tables import (
    TAU,
    Table,
    check_row,
    differences_table,
    f1_column,
    folds_table,
    results_table,
)
from vsumlab.runs.reading import Run, read_run


def report_tables(
    runs: Sequence[Run], against: str = "random", folds: Literal["common", "any"] = "common"
) -> list[Table]:
    """All that a report of runs shows: metrics, differences from a row, and how the runs were made.

    Args:
        runs: Of any experiments.
        against: The row that differences are from.
        folds: See `compare`.

    Raises:
        UserError: If there is no such row.
    """
    comparisons = compare(runs, folds)
    check_row(comparisons, against)
    return [
        *result_tables(comparisons),
        *difference_tables(comparisons, against),
        runs_table(runs),
    ]


def run_tables(run: Path) -> list[Table]:
    """What a run ends in: the report of it alone, with what each fold came to."""
    alone = read_run(run)
    title = f"{alone.name}, seed {alone.record['seed']}"
    comparisons = [
        replace(comparison, remark=" · ".join(filter(None, [title, comparison.remark])))
        for comparison in compare([alone])
        if comparison.measured
    ]
    return [*result_tables(comparisons), *fold_tables(comparisons)]


def result_tables(comparisons: Sequence[Comparison]) -> list[Table]:
    """A table of metrics for each dataset, with published, random and human ones, and grids if there are."""
    return [
        table
        for comparison in comparisons
        for table in [results_table(off_grid(comparison)), *grid_tables(comparison)]
    ]


def difference_tables(comparisons: Sequence[Comparison], against: str = "random") -> list[Table]:
    """For each dataset with runs, how much each line differs from another on the same videos.

    Where there is no such line, differences are from random scores.

    Raises:
        UserError: If `against` is several lines of one dataset and setting.
    """
    tables = []
    for comparison in comparisons:
        if comparison.measured:
            as_grid = axes(comparison) and against == "random"
            tables.append(differences_table(off_grid(comparison) if as_grid else comparison, against))
            tables += grid_difference_tables(comparison) if as_grid else []
    return tables


def fold_tables(comparisons: Sequence[Comparison]) -> list[Table]:
    """For each dataset with runs of several folds, Kendall's tau and F1 of each line, fold by fold."""
    return [
        folds_table(off_grid(comparison), column)
        for comparison in comparisons
        if (comparison.lines["folds"].map(len) > 1).any()
        for column in (TAU, f1_column(comparison))
    ]
