"""Makes the files of this study from its finished runs, and the table of the page from those files.

python experiments/settings_demo/collect.py RUN…   from all of the study's run folders
python experiments/settings_demo/collect.py        only the table, from what is here
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from omegaconf import OmegaConf

from vsumlab.results.pages import markdown_table, with_tables
from vsumlab.results.rows import BASELINES, Row, read_row, statistics

HERE = Path(__file__).parent
PAGES = (HERE / "README.md",)
SETTINGS = ("canonical", "augmented", "transfer", "youtube8m")
SCORERS = ("csnet", "csnet_supervised", "align", "align,uniform", "align,filter", "align,uniform,filter")
COLUMNS = (("f1_mean", 100, 1), ("kendall_tau", 1, 3), ("spearman_rho", 1, 3))


def collect(runs: Iterable[Path]) -> None:
    """Writes results.csv and runs.json from finished runs."""
    lines, records = [], []
    for run in runs:
        record = json.loads((run / "run.json").read_text())
        config = OmegaConf.load(run / "config.yaml")
        trained = "pretrained" if config.method.get("refine") is False else config.setting.name
        kept = ("name", "command", "git", "versions", "machine", "seed", "started", "wall_time_s")
        sizes = [len(fold["train"]) for fold in record["folds"].values()]
        records.append(
            {
                "setting": trained,
                "train_videos": sorted(set(sizes)),
                "leak_check": record["leak_check"],
                **{key: record[key] for key in kept},
            }
        )
        with (run / "videos.csv").open(newline="") as file:
            lines += [{"setting": trained, **cells} for cells in csv.DictReader(file)]
    with (HERE / "results.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, lines[0], lineterminator="\n")
        writer.writeheader()
        # random and human rows are the same in every run
        writer.writerows({tuple(line.items()): line for line in lines}.values())
    (HERE / "runs.json").write_text(json.dumps(records, indent=2) + "\n")


def rows(setting: str) -> list[Row]:
    """The rows of a setting."""
    with (HERE / "results.csv").open(newline="") as file:
        return [read_row(line) for line in csv.DictReader(file) if line["setting"] == setting]


def results_table() -> str:
    """Every method in every setting, random and human rows, as Markdown."""
    table = []
    for setting in ("pretrained", *SETTINGS):
        of_setting = rows(setting)
        for scorer in (*SCORERS, *(BASELINES if setting == "canonical" else ())):
            if not any(row.scorer == scorer for row in of_setting):
                continue
            figures = statistics(of_setting, scorer)
            cells = []
            for name, scale, digits in COLUMNS:
                spread = figures.spread[name]
                known = spread == spread  # a single fold has none
                cells.append(
                    f"{scale * figures.mean[name]:.{digits}f}" + f" ± {scale * spread:.{digits}f}" * known
                )
            trained = "" if scorer in BASELINES else "nothing" if setting == "pretrained" else setting
            table.append([trained, scorer.replace(",", ", "), *cells])
    return markdown_table(["trained on", "scorer", "F1 %", "Kendall τ", "Spearman ρ"], table)


def runs_table() -> str:
    """How the runs were made, as Markdown."""
    table = []
    for record in json.loads((HERE / "runs.json").read_text()):
        commit = record["git"]["commit"][:9] + " (changed)" * record["git"]["dirty"]
        sizes = ", ".join(map(str, record["train_videos"]))
        table.append([f"`{record['command']}`", sizes, commit, f"{record['wall_time_s'] / 60:.1f} min"])
    return markdown_table(["command", "training videos a fold", "commit", "took"], table)


TABLES = {"results": results_table, "runs": runs_table}

if __name__ == "__main__":
    if sys.argv[1:]:
        collect(Path(argument) for argument in sys.argv[1:])
    for page in PAGES:
        page.write_text(with_tables(page.read_text(), HERE.name, TABLES))
