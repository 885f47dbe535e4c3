"""The table that a run ends in."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table

from vsumlab.data.dataset import Dataset
from vsumlab.results.published import Published
from vsumlab.results.rows import Row, Statistics, scorers, statistics

BASELINES = ("random", "human")


def results_table(rows: Sequence[Row], dataset: Dataset, title: str, published: Published | None) -> Table:
    """A run's figures fold by fold and over all folds, beside random, human and published ones.

    Args:
        rows: The run's rows.
        dataset: What was evaluated; its headline F1 is shown.
        title: What was run.
        published: The paper's figure for the same row, dataset and setting.
    """
    f1: Literal["f1_mean", "f1_max"] = f"f1_{dataset.headline}"  # type: ignore[assignment]
    title = f"{title} · {dataset.remark}" if dataset.remark else title
    table = Table(title=title, box=box.SIMPLE_HEAD, title_style="bold", caption_justify="left")
    for column in ("scorer", "fold", "videos"):
        table.add_column(column, justify="left" if column == "scorer" else "right")
    annotators = "maximum" if dataset.headline == "max" else "mean"
    for column in (f"F1 % ({annotators})", "Kendall τ", "Spearman ρ", "variance"):
        table.add_column(column, justify="right")

    def line(scorer: str, fold: str, n_videos: int, mean: Mapping[str, float], spread: Mapping[str, float]) -> None:
        table.add_row(
            scorer,
            fold,
            str(n_videos),
            figure(100 * mean[f1], 100 * spread.get(f1, math.nan), digits=1),
            *(
                figure(mean[metric], spread.get(metric, math.nan), digits=digits)
                for metric, digits in (("kendall_tau", 3), ("spearman_rho", 3), ("score_variance", 4))
            ),
        )

    def over_all(scorer: str, figures: Statistics) -> None:
        n_videos = sum(row.scorer == scorer for row in rows)
        line(scorer, "mean ± spread", n_videos, figures.mean, figures.spread)
        if len(figures.folds) > 1:
            line("", "all videos", n_videos, figures.videos, {})

    methods = [scorer for scorer in scorers(rows) if scorer not in BASELINES]
    for scorer in methods:
        figures = statistics(rows, scorer)
        for fold, means in figures.folds.items():
            n_videos = sum(row.scorer == scorer and row.fold == fold for row in rows)
            line(scorer, str(fold), n_videos, means, {})
        table.add_section()
        over_all(scorer, figures)
    for scorer in BASELINES:
        over_all(scorer, statistics(rows, scorer))
    if published is not None:
        table.add_section()
        table.add_row(f"{published.row}, published", f"table {published.table}", "", f"{published.f1:.1f}", "", "", "")
    return table


def figure(value: float, spread: float, digits: int) -> str:
    """A number with its spread where it has one; empty where there is none."""
    if math.isnan(value):
        return ""
    return f"{value:.{digits}f}" + ("" if math.isnan(spread) else f" ± {spread:.{digits}f}")


def as_text(table: Table) -> str:
    """A table as plain text."""
    text = io.StringIO()
    Console(file=text, width=120).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
