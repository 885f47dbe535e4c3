"""Makes the files of this study from its finished runs, and the tables of the pages from those files.

python experiments/contrastive_tvsum/collect.py RUN…   from all of the study's run folders
python experiments/contrastive_tvsum/collect.py        only the tables, from what is here
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from omegaconf import OmegaConf

from vsumlab.metrics.protocol import METRICS
from vsumlab.results.pages import markdown_table, with_tables
from vsumlab.results.published import published_figures
from vsumlab.results.rows import BASELINES, Row, read_row, statistics

HERE = Path(__file__).parent
PAGES = (HERE / "README.md", HERE.parents[1] / "README.md")
VARIANTS = {"contrastive": "as the code", "contrastive_paper": "as the text"}
TRAININGS = ("none", "eq. 8", "eq. 11")
COLUMNS = (("f1_mean", 100, 1), ("kendall_tau", 1, 3), ("spearman_rho", 1, 3))
# the six rows of the paper's tables 1 and 2: what was trained by, and which criteria make the score
ROWS = (
    ("none", "align"),
    ("none", "align,uniform"),
    ("eq. 8", "align"),
    ("eq. 8", "align,uniform"),
    ("eq. 11", "align,filter"),
    ("eq. 11", "align,uniform,filter"),
)


class Result(NamedTuple):
    """A line of results.csv: whose variant, what was trained by, and a row of `videos.csv`."""

    variant: str
    training: str
    row: Row


def what(run: Path) -> tuple[str, str]:
    """A run's variant and training."""
    method = OmegaConf.load(run / "config.yaml").method
    training = TRAININGS[int(method.refine) * (1 + int(method.uniqueness))]
    return "contrastive" if method.neighbour_itself else "contrastive_paper", training


def collect(runs: Iterable[Path]) -> None:
    """Writes results.csv and runs.json from finished runs; random and human rows once."""
    lines, records = [], []
    baselines: set[tuple[str, str]] = set()
    for run in sorted(runs, key=lambda run: (*what(run), json.loads((run / "run.json").read_text())["seed"])):
        variant, training = what(run)
        record = json.loads((run / "run.json").read_text())
        kept = (
            "command",
            "overrides",
            "git",
            "versions",
            "machine",
            "seed",
            "started",
            "wall_time_s",
            "data",
        )
        records.append({"variant": variant, "training": training, **{key: record[key] for key in kept}})
        with (run / "videos.csv").open(newline="") as file:
            for cells in csv.DictReader(file):
                baseline = (cells["scorer"], cells["video"])
                if cells["scorer"] in BASELINES and baseline in baselines:
                    continue  # they depend on neither the variant nor the seed
                baselines.add(baseline)
                rounded = {name: f"{float(cells[name]):.6g}" for name in METRICS if cells[name]}
                lines.append({"variant": variant, "training": training, **cells, **rounded})
    with (HERE / "results.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    (HERE / "runs.json").write_text(json.dumps(records, indent=2) + "\n")


def results() -> list[Result]:
    """The lines of results.csv."""
    with (HERE / "results.csv").open(newline="") as file:
        return [Result(line["variant"], line["training"], read_row(line)) for line in csv.DictReader(file)]


def by_seed(lines: list[Result], variant: str, training: str, scorer: str) -> dict[int, dict[str, float]]:
    """A scorer's means over folds, of every seed."""
    rows = [line.row for line in lines if (line.variant, line.training) == (variant, training)]
    seeds = sorted({row.seed for row in rows if row.scorer == scorer})
    return {seed: statistics([row for row in rows if row.seed == seed], scorer).mean for seed in seeds}


def mean_and_spread(figures: Iterable[float], scale: float, digits: int) -> str:
    """The mean ± sample standard deviation, where there are several."""
    values = scale * np.array(list(figures))
    spread = f" ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else ""
    return f"{values.mean():.{digits}f}{spread}"


def results_table() -> str:
    """The six rows of both variants beside the paper, random and human ones, as Markdown."""
    lines = results()
    header = [
        "trained by",
        "criteria",
        *(f"{label}: {name}" for label in VARIANTS.values() for name in NAMES),
    ]
    header += [f"paper: {name}" for name in NAMES]
    table = []
    for training, scorer in ROWS:
        cells = [training, scorer.replace(",", ", ")]
        for variant in VARIANTS:
            seeds = by_seed(lines, variant, training, scorer).values()
            cells += [mean_and_spread((seed[name] for seed in seeds), *format_) for name, *format_ in COLUMNS]
        paper = published_figures(scorer + ("*" if training == "none" else ""), "tvsum", "canonical")
        assert paper is not None
        table.append([*cells, f"{paper.f1:.1f}", f"{paper.kendall_tau:.3f}", f"{paper.spearman_rho:.3f}"])
    baselines = [line.row for line in lines if line.row.scorer in BASELINES]
    for scorer in BASELINES:
        mean = statistics(baselines, scorer).mean
        figures = [f"{scale * mean[name]:.{digits}f}" for name, scale, digits in COLUMNS]
        table.append(["", scorer, *figures, *figures, "", "", ""])
    return markdown_table(header, table)


NAMES = ("F1 %", "τ", "ρ")


def folds_table() -> str:
    """Kendall's tau fold by fold, means over seeds, as Markdown."""
    lines = results()
    table = []
    for variant, label in VARIANTS.items():
        for training, scorer in ROWS:
            rows = [line.row for line in lines if (line.variant, line.training) == (variant, training)]
            folds = statistics(rows, scorer).folds
            cells = [f"{folds[fold]['kendall_tau']:.3f}" for fold in sorted(folds)]
            table.append([label, training, scorer.replace(",", ", "), *cells])
    for scorer in BASELINES:
        folds = statistics([line.row for line in lines], scorer).folds
        table.append(["", "", scorer, *(f"{folds[fold]['kendall_tau']:.3f}" for fold in sorted(folds))])
    return markdown_table(["", "trained by", "criteria", *(f"fold {fold}" for fold in range(5))], table)


def filter_table() -> str:
    """What all four combinations come to after the training of eq. 11, as Markdown."""
    lines = results()
    table = []
    for scorer in ("align", "align,uniform", "align,filter", "align,uniform,filter"):
        cells = [scorer.replace(",", ", ")]
        for variant in VARIANTS:
            seeds = by_seed(lines, variant, "eq. 11", scorer).values()
            cells += [mean_and_spread((seed[name] for seed in seeds), *format_) for name, *format_ in COLUMNS]
        table.append(cells)
    header = ["criteria", *(f"{label}: {name}" for label in VARIANTS.values() for name in NAMES)]
    return markdown_table(header, table)


def runs_table() -> str:
    """How the runs were made, as Markdown."""
    records = json.loads((HERE / "runs.json").read_text())
    table = []
    for command in dict.fromkeys(record["command"] for record in records):
        own = [record for record in records if record["command"] == command]
        commits = {record["git"]["commit"][:9] + " (changed)" * record["git"]["dirty"] for record in own}
        minutes = [record["wall_time_s"] / 60 for record in own]
        table.append(
            [
                f"`{command}`",
                ", ".join(sorted(commits)),
                str(len(own)),
                f"{math.fsum(minutes) / len(minutes):.1f} min",
            ]
        )
    return markdown_table(["command", "commit", "runs", "a run took"], table)


TABLES = {
    "results": results_table,
    "folds": folds_table,
    "filter": filter_table,
    "runs": runs_table,
}

if __name__ == "__main__":
    if sys.argv[1:]:
        collect(Path(argument) for argument in sys.argv[1:])
    for page in PAGES:
        page.write_text(with_tables(page.read_text(), HERE.name, TABLES))
