"""How F1 moves with the scale of scores whose order stays: `python experiments/leaderboard/scales.py RUN …`.

Takes the folders of finished runs on one dataset, in the folder where they were run, and prints a table in
Markdown: each method's scores s as they are, flattened to 0.7 + 0.3 s, and as ranks from 0 to 1, of which
equal scores share one; and random scores likewise. Means over seeds, then videos, then folds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from omegaconf import OmegaConf
from scipy.stats import rankdata

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
SAME = ("data.name", "data.file", "setting.name")
"""What all runs have to agree in."""
DRAWS = 100


def scaled(scores: Floats) -> Floats:
    """Scores (D, T) in [0, 1] in each of SCALES, (3, D, T)."""
    ranks = (rankdata(scores, axis=-1) - 1) / max(scores.shape[-1] - 1, 1)
    return np.stack([scores, 0.7 + 0.3 * scores, ranks])


def scores_of(folder: Path, scorer: str) -> Iterator[tuple[str, str, Floats]]:
    """The fold, the video and the scores (1, T) of a run's scorer, of all that it tested."""
    with h5py.File(folder / "scores.h5") as file:
        for fold, videos in file.items():
            for key, scorers in videos.items():
                yield fold, key, scorers[scorer]["importance_scores"][:].astype(np.float64)[None]


def judged(scores: Iterator[tuple[str, str, Floats]], dataset: Dataset) -> pd.DataFrame:
    """By fold and video, tau and the F1 in each of SCALES: means over the scorers of that video."""
    videos, rows = dataset.open(), []
    for fold, key, own in scores:
        every = scaled(own).reshape(-1, own.shape[-1])
        metrics = evaluate_scores(every, videos[key], dataset.rank_reference)
        metrics = metrics.reshape(len(SCALES), len(own), -1).mean(axis=1)
        f1 = 100 * metrics[:, ("mean", "max").index(dataset.headline)]
        rows.append({"fold": fold, "video": key, "tau": metrics[0, 2], **dict(zip(SCALES, f1, strict=True))})
    return pd.DataFrame(rows).groupby(["fold", "video"]).mean()


def cells(own: pd.DataFrame, random: pd.DataFrame) -> list[str]:
    """What the table says of some scores, flattened also next to random ones on the same videos."""
    means = own.groupby(level="fold").mean().mean()
    flattened = own["flattened"].align(random["flattened"], join="left")
    above = paired_difference(*(side.to_numpy(float) for side in flattened))
    p = "< 0.001" if above.p < 0.001 else f"{above.p:.3f}"
    return [
        f"{means['tau']:.3f}",
        *(f"{means[scale]:.1f}" for scale in SCALES),
        *([f"{above.mean:+.1f} ({above.low:.1f} to {above.high:.1f})", p] if own is not random else ["", ""]),
    ]


def found_runs(folders: list[str]) -> dict[str, list[Run]]:
    """The finished runs by method; their folds and seeds may be runs of their own.

    Raises:
        UserError: If there are none, or they are not of one dataset and setting.
    """
    runs = [run for run in find_runs(map(Path, folders)) if run.done and run.folder is not None]
    if not runs:
        raise UserError("scales.py: no finished runs with their scores: name their folders")
    methods: dict[str, list[Run]] = {}
    for run in runs:
        if any(run.config.get(name) != runs[0].config.get(name) for name in SAME):
            raise UserError(
                f"{run.folder}: is of another dataset or setting than {runs[0].folder}: leave it out"
            )
        methods.setdefault(str(run.config["method_name"]), []).append(run)
    return methods


def main() -> None:
    """Prints the table."""
    methods = found_runs(sys.argv[1:])
    places = {
        name: [(Path(str(run.folder)), run.record["main_scorer"]) for run in runs]
        for name, runs in methods.items()
    }
    dataset: Dataset = build(OmegaConf.load(next(iter(places.values()))[0][0] / "config.yaml").data)
    measured = {
        name: judged((each for place in own for each in scores_of(*place)), dataset)
        for name, own in places.items()
    }
    tested = sorted({place for own in measured.values() for place in own.index})
    videos = dataset.open()
    drawn = {key: random_scores(videos[key], DRAWS) for _, key in tested}
    random = judged(((fold, key, drawn[key]) for fold, key in tested), dataset)
    measured |= {
        "random": random,
        "random, to the fourth power": judged(
            ((fold, key, drawn[key] ** 4) for fold, key in tested), dataset
        ),
    }
    header = ["scores", "τ", *(f"F1 %: {scale}" for scale in SCALES), "flattened: above random", "p"]
    print(markdown_table(header, [[name, *cells(own, random)] for name, own in measured.items()]))


if __name__ == "__main__":
    with one_line_errors():
        main()
