"""The table that a run ends in."""

from __future__ import annotations

import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vsumlab.results.evaluation import Evaluation
from vsumlab.results.published import Published
from vsumlab.results.rows import BASELINES, scorers, statistics


def results_table(
    evaluation: Evaluation,
    title: str,
    published: Mapping[str, Published],
    published_over_videos: Mapping[str, Published],
    remarks: Sequence[str] = (),
) -> Table:
    """A run's figures fold by fold and over all folds, beside random, human and published ones.

    Where there are several scorers, single folds are left to `videos.csv`.

    Args:
        evaluation: The run's; its dataset's headline F1 is shown.
        title: What was run.
        published: The paper's figures by scorer, on the same dataset and setting: means over folds.
        published_over_videos: The paper's figures by scorer that are means over all videos.
        remarks: What a second line of the title says.
    """
    rows, dataset = evaluation.rows, evaluation.dataset
    title = f"{title} · {dataset.remark}" if dataset.remark else title
    f1 = f"f1_{dataset.headline}"
    table = Table(
        title=escape("\n".join([title, *([" · ".join(remarks)] if remarks else [])])),
        caption=escape(caption(evaluation, published)),
        pad_edge=False,
        min_width=len(title),
        box=box.SIMPLE_HEAD,
        title_style="bold",
        title_justify="left",
        caption_justify="left",
    )
    table.add_column("scorer", overflow="fold")
    for column in ("fold", "videos", "F1 %", "τ", "ρ", "variance"):
        table.add_column(column, justify="right", no_wrap=True)

    one_method = sum(scorer not in BASELINES for scorer in scorers(rows)) == 1
    for scorer in scorers(rows):
        figures = statistics(rows, scorer)
        counts = Counter(row.fold for row in rows if row.scorer == scorer)
        several_folds = len(figures.folds) > 1
        if scorer not in BASELINES and (one_method or not several_folds):
            for fold, means in figures.folds.items():
                table.add_row(escape(scorer), str(fold), str(counts[fold]), *cells(means, f1))
            table.add_section()
        n_videos = str(figures.n_videos)
        if several_folds:
            table.add_row(escape(scorer), "all folds", n_videos, *cells(figures.mean, f1))
            table.add_row("", "±", "", *cells(figures.spread, f1))
        elif scorer in BASELINES:
            table.add_row(escape(scorer), "", n_videos, *cells(figures.mean, f1))
        if scorer in published:
            table.add_row("", "paper", "", *published_cells(published[scorer], f1))
        if several_folds:
            table.add_row("", "all videos", n_videos, *cells(figures.videos, f1))
        if scorer in published_over_videos:
            table.add_row("", "paper", "", *published_cells(published_over_videos[scorer], f1))
        table.add_section()
    return table


def caption(evaluation: Evaluation, published: Mapping[str, Published]) -> str:
    """What a reader of a run's figures has to know."""
    headline, luck = evaluation.dataset.headline, evaluation.random_spread()
    tables = sorted({table for figures in published.values() for table in figures.tables})
    source = f" · paper: table {', '.join(map(str, tables))}" if tables else ""
    return (
        f"F1: {headline} over annotators · τ: Kendall's tau-b, ρ: Spearman's rho, means over annotators · "
        "variance: of scores · ±: standard deviation over folds · "
        f"random: mean of {evaluation.draws} scorers, one alone varies by "
        f"±{100 * luck[f'f1_{headline}']:.1f} in F1, ±{luck['kendall_tau']:.3f} in τ{source}"
    )


def published_cells(figures: Published, f1: str) -> list[str]:
    """A paper's figures for `cells`."""
    return cells({f1: figures.f1 / 100, **figures._asdict(), "score_variance": math.nan}, f1)


def cells(figures: Mapping[str, float], f1: str) -> list[str]:
    """F1 in percent, tau, rho and the variance of scores; empty where there is none."""
    columns = ((f1, 100.0, 1), ("kendall_tau", 1.0, 3), ("spearman_rho", 1.0, 3), ("score_variance", 1.0, 4))
    return [
        "" if math.isnan(figures[metric]) else f"{scale * figures[metric]:.{digits}f}"
        for metric, scale, digits in columns
    ]


def as_text(table: Table) -> str:
    """A table as plain text."""
    text = io.StringIO()
    Console(file=text, width=100).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"
