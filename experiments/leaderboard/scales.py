"""How F1 moves with the scale of scores whose order stays: `python experiments/leaderboard/scales.py RUN …`.

Takes the folders of finished runs on one dataset, in the folder where they were run, and prints a table in
Markdown: each method's scores s as they are, flattened to 0.7 + 0.3 s, and as ranks spread evenly over
[0, 1], and random scores likewise. Means over videos, then folds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from omegaconf import OmegaConf

from vsumlab.config import build
from vsumlab.data.dataset import Dataset
from vsumlab.errors import UserError, one_line_errors
from vsumlab.evaluation.baselines import random_scores
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.evaluation.significance import paired_difference
from vsumlab.report.markdown import markdown_table
from vsumlab.runs.reading import Run, find_runs

Floats = npt.NDArray[np.float64]
SCALES = ("as they are", "flattened", "ranks")
DRAWS = 100


def scaled(scores: Floats) -> Floats:
    """Scores (D, T) in [0, 1] in each of SCALES, (3, D, T)."""
    order = scores.argsort(axis=-1, kind="stable").argsort(axis=-1, kind="stable")
    return np.stack([scores, 0.7 + 0.3 * scores, order / max(scores.shape[-1] - 1, 1)])


def scores_of(run: Run) -> Iterator[tuple[str, str, Floats]]:
    """The fold, the video and the scores (1, T) of a run's main scorer, of all that it tested."""
    assert run.folder is not None
    with h5py.File(run.folder / "scores.h5") as file:
        for fold, videos in file.items():
            for key, scorers in videos.items():
                stored = scorers[run.record["main_scorer"]]["importance_scores"]
                yield fold, key, stored[:].astype(np.float64)[None]


def judged(name: str, scores: Iterator[tuple[str, str, Floats]], dataset: Dataset) -> pd.DataFrame:
    """A row a video: its F1 in each of SCALES, means over the D scorers."""
    videos, rows = dataset.open(), []
    for fold, key, own in scores:
        metrics = evaluate_scores(
            scaled(own).reshape(-1, own.shape[-1]), videos[key], dataset.rank_reference
        ).reshape(len(SCALES), len(own), -1)
        f1 = 100 * metrics[..., ("mean", "max").index(dataset.headline)].mean(axis=-1)
        rows.append({"scores": name, "fold": fold, "video": key, "tau": metrics[0, :, 2].mean()})
        rows[-1] |= dict(zip(SCALES, f1.tolist(), strict=True))
    return pd.DataFrame(rows)


def main() -> None:
    """Prints the table."""
    runs = [run for run in find_runs(map(Path, sys.argv[1:])) if run.done]
    if not runs or runs[0].folder is None:
        raise UserError("scales.py: no finished runs: name their folders")
    dataset: Dataset = build(OmegaConf.load(runs[0].folder / "config.yaml").data)
    videos = dataset.open()
    methods: dict[str, list[Run]] = {}
    for run in runs:  # folds may be runs of their own
        methods.setdefault(str(run.config["method_name"]), []).append(run)
    measured = [
        judged(name, chain.from_iterable(map(scores_of, own)), dataset) for name, own in methods.items()
    ]
    places = [*measured[0][["fold", "video"]].itertuples(index=False, name=None)]
    drawn = {key: random_scores(videos[key], DRAWS) for _, key in places}
    random = judged("random", ((fold, key, drawn[key]) for fold, key in places), dataset)
    peaked = judged(
        "random, to the fourth power", ((fold, key, drawn[key] ** 4) for fold, key in places), dataset
    )
    header = ["scores", "τ", *(f"F1 %: {scale}" for scale in SCALES), "flattened: above random", "p"]
    lines = []
    for own in [*measured, random, peaked]:
        means = own.groupby("fold")[["tau", *SCALES]].mean().mean()
        pairs = own.merge(random, on="video", suffixes=("", " of random"))
        above = paired_difference(
            pairs["flattened"].to_numpy(float), pairs["flattened of random"].to_numpy(float)
        )
        compared = [f"{above.mean:+.1f} ({above.low:.1f} to {above.high:.1f})", f"{above.p:.3f}"]
        lines.append(
            [
                own["scores"].iloc[0],
                f"{means['tau']:.3f}",
                *(f"{means[scale]:.1f}" for scale in SCALES),
                *(["", ""] if own is random else compared),
            ]
        )
    print(markdown_table(header, lines))


if __name__ == "__main__":
    with one_line_errors():
        main()
