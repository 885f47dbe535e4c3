"""What CSNet's scores follow, measured from the checkpoints of runs.

`python experiments/csnet_learns/measures.py RUN…` writes `measures.csv` beside this file, a row a training
and kind of videos (those it was trained on, those it was not), and prints the tables of the page; without
a run it prints them from that file. `tau` and `f1` alone are measured with people's annotations.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from omegaconf import DictConfig, OmegaConf
from scipy.stats import kendalltau, spearmanr

import vsumlab
from vsumlab.config import build
from vsumlab.core.video import Video
from vsumlab.data.dataset import Dataset
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.methods.summarizer import Summarizer
from vsumlab.report.markdown import markdown
from vsumlab.report.tables import Table
from vsumlab.runs.folder import fold_folders, read_table, write_table
from vsumlab.runs.reading import find_runs
from vsumlab.terminal import track
from vsumlab.train import set_up_data

MEASURES = Path(__file__).with_name("measures.csv")
SWITCHES = ["input_scale", "difference_start", "difference_scale", "variance_weight", "sparsity"]
NOTES = (
    "Means over videos, then runs. time: Spearman's rho of the scores with the order of frames, its size; "
    "change: Kendall's tau-b of the scores, and of the difference attention d, with the mean absolute "
    "difference of successive features, in brackets how many runs have it above 0; agreement: tau-b between "
    "the scores of two seeds, the lowest pair's in brackets; τ: against each annotator, in brackets how many "
    "runs have it below 0."
)
Numbers = npt.NDArray[np.float64]


class Training(NamedTuple):
    """A fold's training, and one kind of its videos."""

    cell: tuple[str | float, ...]
    fold: int
    seed: int
    videos: str
    of_video: pd.DataFrame
    scores: list[Numbers]


def trainings(run: Path, fold: int) -> list[Training]:
    """A fold's training measured on the videos that it was trained on, and on its test videos."""
    folder = next(each for each in (run / f"fold_{fold}", run) if (each / "config.yaml").is_file())
    config = OmegaConf.merge(OmegaConf.load(folder / "config.yaml"), {"fold": fold})
    assert isinstance(config, DictConfig)
    data, method = set_up_data(config, build(config.selection)), vsumlab.load(run, fold)
    cell = (config.data.name, *(config.method[switch] for switch in SWITCHES))
    found = []
    for kind, keys in (("training", data.fold.train), ("test", data.fold.test)):
        videos = [data.pool.evaluated[key] for key in keys]
        scores = [method.score(video.features).double().numpy() for video in videos]
        rows = [measured(method, *each, data.dataset) for each in zip(videos, scores, strict=True)]
        found.append(Training(cell, fold, config.seed, kind, pd.DataFrame(rows), scores))
    return found


def measured(method: Summarizer, video: Video, scores: Numbers, dataset: Dataset) -> dict[str, float]:
    """The measures of one video by its scores (T,)."""
    difference = video.features.diff(dim=0).abs().mean(dim=1).numpy()
    change = np.append(difference, 0)  # the last frame is followed by itself, as in eq. 8
    judged = evaluate_scores(scores[None], video, dataset.rank_reference)[0]
    attention = method.explain(video.features).curves.get("difference attention")
    return {
        "variance": float(scores.var()),
        "time": spearmanr(scores, np.arange(len(scores))).statistic,
        "change": kendalltau(scores, change).statistic,
        "attention": np.nan if attention is None else kendalltau(attention, change).statistic,
        "tau": judged[2],
        "f1": judged[["mean", "max"].index(dataset.headline)],
    }


def agreement(one: Training, other: Training) -> float:
    """Kendall's tau-b between what two trainings make of the same videos, the mean over these."""
    return float(
        np.mean([kendalltau(*each).statistic for each in zip(one.scores, other.scores, strict=True)])
    )


def measure(paths: Sequence[Path]) -> pd.DataFrame:
    """The measures of every finished fold in folders of runs, a row a training and kind of videos."""
    folders = [run.folder for run in find_runs(paths) if run.done and run.folder]
    places = [(folder, fold) for folder in folders for fold in fold_folders(folder)]
    found = [training for place in track(places, "measuring") for training in trainings(*place)]
    rows = []
    for own in found:
        same = [o for o in found if (o.cell, o.fold, o.videos) == (own.cell, own.fold, own.videos)]
        others = {f"with_seed_{o.seed}": agreement(own, o) for o in same if o.seed > own.seed}
        place = dict(zip(["dataset", *SWITCHES], own.cell, strict=True)) | {
            "fold": own.fold,
            "seed": own.seed,
        }
        rows.append(place | {"videos": own.videos} | own.of_video.mean().to_dict() | others)
    return pd.DataFrame(rows).sort_values(
        ["dataset", *SWITCHES, "fold", "seed"], kind="stable", ignore_index=True
    )


def table(dataset: str, videos: str, rows: pd.DataFrame) -> Table:
    """The measures of one dataset's cells on one kind of videos."""
    header = [*SWITCHES, "runs", "variance", "time", "change", "d: change"]
    cells = []
    for cell, runs in rows.groupby(SWITCHES, sort=False):
        pairs = runs.filter(like="with_seed_").stack()
        cells.append(
            [
                *map(str, cell),
                str(len(runs)),
                f"{runs['variance'].mean():.3f}",
                f"{runs['time'].abs().mean():.2f}",
                *(f"{runs[of].mean():.2f} ({(runs[of] > 0).sum()})" for of in ("change", "attention")),
                f"{pairs.mean():.2f} ({pairs.min():.2f})" if len(pairs) else "",
                f"{runs['tau'].mean():.3f} ({(runs['tau'] < 0).sum()})",
                f"{100 * runs['f1'].mean():.1f}",
            ]
        )
    return Table(f"{dataset}: {videos} videos", [*header, "agreement", "τ", "F1 %"], cells, NOTES)


def tables(rows: pd.DataFrame) -> list[Table]:
    """The tables of the page."""
    return [table(*map(str, key), own) for key, own in rows.groupby(["dataset", "videos"], sort=False)]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_table(MEASURES, measure([Path(path) for path in sys.argv[1:]]), float_format="%.6g")
    print(markdown(tables(read_table(MEASURES))))
