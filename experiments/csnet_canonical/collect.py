"""Makes the files of this study from its two finished runs, and the tables of the pages from those files.

python experiments/csnet_canonical/collect.py FEATURES.h5 RUN RUN   from the runs' feature file and folders
python experiments/csnet_canonical/collect.py                       only the tables, from what is here
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.data.reader import VideoFile
from vsumlab.metrics.protocol import evaluate_scores
from vsumlab.metrics.rank import spearman_rho
from vsumlab.results.pages import with_tables
from vsumlab.results.published import published_figures
from vsumlab.results.rows import Row, Statistics, read_row, statistics
from vsumlab.summary.keyshots import select_shots

HERE = Path(__file__).parent
PAGES = (HERE / "README.md", HERE.parents[1] / "README.md")
LABELS = {"median": "CSNet", "none": "CSNet without the variance loss"}
EPOCH_COLUMNS = ("epoch", "train/score_mean", "train/score_variance")


def constant_rows(videos: VideoFile, folds: dict[str, dict[str, list[str]]]) -> list[dict[str, Any]]:
    """Rows of the same score for every frame of every video, on a run's folds."""
    rows = []
    for fold, division in folds.items():
        for key in division["test"]:
            video = videos[key]
            figures = evaluate_scores(np.full((1, video.n_picks), 0.5), video, "user_scores")[0]
            cells = ["" if np.isnan(value) else value for value in figures.tolist()]
            values = [fold, 0, "tvsum", key, "constant", *cells]
            rows.append({"variance_loss": "median", **dict(zip(Row._fields, values, strict=True))})
    return rows


def shape(videos: VideoFile, scores: dict[str, npt.NDArray[np.float64]]) -> dict[str, float]:
    """How a scorer's scores run and what it selects, means over videos."""
    steadiness, shares, lengths = [], [], []
    for key, of_video in scores.items():
        video = videos[key]
        selected = select_shots(of_video, video)
        if of_video.std() > 0:
            steadiness.append(np.corrcoef(of_video[1:], of_video[:-1])[0, 1])
        shares.append(selected.mean())
        lengths.append(video.shot_lengths[selected].mean() / video.shot_lengths.mean())
    return {
        "correlation of successive scores": float(np.mean(steadiness)) if steadiness else 1.0,
        "share of the shots selected": float(np.mean(shares)),
        "length of a selected shot, of the mean shot's": float(np.mean(lengths)),
    }


def recorded_scores(run: Path) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
    """A run's importance scores by fold and video."""
    with h5py.File(run / "scores.h5") as file:
        return {
            fold.removeprefix("fold_"): {
                key: group["csnet/importance_scores"][()].astype(np.float64) for key, group in videos.items()
            }
            for fold, videos in file.items()
        }


def correlation_with_time(scores: dict[str, npt.NDArray[np.float64]]) -> list[float]:
    """Spearman's rho of each video's scores with the order of its frames."""
    return [float(spearman_rho(of[None], np.arange(len(of))[None])[0, 0]) for of in scores.values()]


def collect(features: Path, runs: list[Path]) -> None:
    """Writes results.csv, epochs.csv and runs.json from finished runs and their feature file."""
    videos = VideoFile(features)
    results, epochs, records = [], [], {}
    for run in runs:
        record = json.loads((run / "run.json").read_text())
        (variance_loss,) = (
            override.split("=")[1] for override in record["overrides"] if "variance_loss" in override
        )
        records[variance_loss] = {
            key: record[key]
            for key in ("command", "git", "versions", "machine", "seed", "started", "wall_time_s", "data")
        }
        with (run / "videos.csv").open(newline="") as file:
            results += [{"variance_loss": variance_loss, **row} for row in csv.DictReader(file)]
        for metrics in sorted(run.glob("fold_*/metrics.csv")):
            fold = metrics.parent.name.removeprefix("fold_")
            with metrics.open(newline="") as file:
                epochs += [
                    {"variance_loss": variance_loss, "fold": fold, **{key: row[key] for key in EPOCH_COLUMNS}}
                    for row in csv.DictReader(file)
                    if row["train/score_variance"]
                ]
        scores = recorded_scores(run)
        records[variance_loss]["scores"] = shape(
            videos, {k: v for of in scores.values() for k, v in of.items()}
        )
        records[variance_loss]["correlation with time"] = {
            fold: correlation_with_time(of_fold) for fold, of_fold in scores.items()
        }
    constant = {key: np.full(videos[key].n_picks, 0.5) for key in videos.keys}
    records["median"]["constant scores"] = shape(videos, constant)
    results += constant_rows(videos, record["folds"])
    for name, rows in (("results.csv", results), ("epochs.csv", epochs)):
        with (HERE / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    (HERE / "runs.json").write_text(json.dumps(records, indent=2) + "\n")


def figures(variance_loss: str, scorer: str) -> Statistics:
    """A scorer's figures in one of the two runs."""
    with (HERE / "results.csv").open(newline="") as file:
        rows = [read_row(row) for row in csv.DictReader(file) if row["variance_loss"] == variance_loss]
    return statistics(rows, scorer)


def results_table() -> str:
    """F1, tau, rho and the variance of scores: mean ± standard deviation over folds, as Markdown."""
    lines = ["| | F1 % | Kendall τ | Spearman ρ | variance of scores |", "| --- | --- | --- | --- | --- |"]
    for label, variance_loss, scorer in (
        *((label, variance_loss, "csnet") for variance_loss, label in LABELS.items()),
        ("the same score for every frame", "median", "constant"),
        ("random scores", "median", "random"),
        ("people, each against the others", "median", "human"),
    ):
        of = figures(variance_loss, scorer)
        cells = [
            ""
            if of.mean[metric] != of.mean[metric]
            else f"{scale * of.mean[metric]:.{digits}f} ± {scale * of.spread[metric]:.{digits}f}"
            for metric, scale, digits in (
                ("f1_mean", 100, 1),
                ("kendall_tau", 1, 3),
                ("spearman_rho", 1, 3),
                ("score_variance", 1, 5),
            )
        ]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    paper = published_figures("CSNet", "tvsum", "canonical")
    if paper is not None:
        lines.append(f"| CSNet in the paper, tables {', '.join(map(str, paper.tables))} | {paper.f1} | | | |")
    return "\n".join(lines)


def folds_table() -> str:
    """CSNet's figures fold by fold beside random scores on the same videos, as Markdown."""
    lines = [
        "| fold | CSNet F1 % | without | random | CSNet τ | without | random |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    of = [figures("median", "csnet"), figures("none", "csnet"), figures("median", "random")]
    for fold in of[0].folds:
        cells = [f"{100 * one.folds[fold]['f1_mean']:.1f}" for one in of]
        cells += [f"{one.folds[fold]['kendall_tau']:.3f}" for one in of]
        lines.append(f"| {fold} | {' | '.join(cells)} |")
    over_videos = [f"{100 * one.videos['f1_mean']:.1f}" for one in of]
    over_videos += [f"{one.videos['kendall_tau']:.3f}" for one in of]
    lines.append(f"| all videos | {' | '.join(over_videos)} |")
    return "\n".join(lines)


def variance_table(epochs: tuple[int, ...] = (0, 1, 2, 4, 9, 14, 19)) -> str:
    """The variance of training scores by epoch, mean over the five folds, as Markdown."""
    with (HERE / "epochs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        f"| epoch | {' | '.join(str(epoch + 1) for epoch in epochs)} |",
        "| --- |" + " --- |" * len(epochs),
    ]
    for variance_loss, label in LABELS.items():
        cells = []
        for epoch in epochs:
            values = [
                float(row["train/score_variance"])
                for row in rows
                if (row["variance_loss"], int(row["epoch"])) == (variance_loss, epoch)
            ]
            cells.append(f"{sum(values) / len(values):.5f}")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def runs_table() -> str:
    """How the runs were made, as Markdown."""
    lines = ["| | command | commit | seed | wall time |", "| --- | --- | --- | --- | --- |"]
    for variance_loss, record in json.loads((HERE / "runs.json").read_text()).items():
        commit = record["git"]["commit"][:9] + (" (changed)" if record["git"]["dirty"] else "")
        lines.append(
            f"| {LABELS[variance_loss]} | `{record['command']}` | {commit} | {record['seed']} "
            f"| {record['wall_time_s'] / 60:.0f} min |"
        )
    return "\n".join(lines)


def shape_table() -> str:
    """How the scores run and what is selected by them, as Markdown."""
    records = json.loads((HERE / "runs.json").read_text())
    of = {label: records[variance_loss]["scores"] for variance_loss, label in LABELS.items()}
    of["the same score for every frame"] = records["median"]["constant scores"]
    names = list(of["CSNet"])
    lines = [f"| | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for label, values in of.items():
        lines.append(f"| {label} | {' | '.join(f'{values[name]:.3f}' for name in names)} |")
    return "\n".join(lines)


def time_table() -> str:
    """How the scores of a fold's test videos correlate with the order of frames, as Markdown."""
    lines = []
    for variance_loss, record in json.loads((HERE / "runs.json").read_text()).items():
        by_fold = record["correlation with time"]
        if not lines:
            lines = [f"| fold | {' | '.join(by_fold)} |", "| --- |" + " --- |" * len(by_fold)]
        cells = [f"{np.mean(of):.2f} ({min(of):.2f} to {max(of):.2f})" for of in by_fold.values()]
        lines.append(f"| {LABELS[variance_loss]} | {' | '.join(cells)} |")
    return "\n".join(lines)


TABLES = {
    "results": results_table,
    "folds": folds_table,
    "variance": variance_table,
    "runs": runs_table,
    "shape": shape_table,
    "time": time_table,
}


if __name__ == "__main__":
    if sys.argv[1:]:
        features, *runs = [Path(argument) for argument in sys.argv[1:]]
        collect(features, runs)
    for page in PAGES:
        page.write_text(with_tables(page.read_text(), HERE.name, TABLES))
