"""What CSNet's scores follow, measured from the checkpoints of runs.

`python experiments/csnet_learns/measures.py RUN…` writes `measures.csv` beside this file, a row a training
and video, and makes the tables of `README.md` anew; without a run it makes them from that file. Trainings
that are measured already stay there, whether or not their runs do. Of the measures, `tau` and `f1` alone need
people's annotations; `agreement` needs the runs of both seeds at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from omegaconf import DictConfig, OmegaConf
from scipy.stats import kendalltau, spearmanr

import vsumlab
from vsumlab.config import build, changed
from vsumlab.core.video import Video
from vsumlab.data.dataset import Dataset
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.methods.summarizer import Summarizer
from vsumlab.report.markdown import between
from vsumlab.report.tables import Table
from vsumlab.runs.folder import fold_folders, read_table, write_table, write_whole
from vsumlab.runs.reading import find_runs
from vsumlab.terminal import track
from vsumlab.train import set_up_data

MEASURES, PAGE = (Path(__file__).with_name(name) for name in ("measures.csv", "README.md"))
BEGIN, END = "<!-- measures -->", "<!-- end of measures -->"
SWITCHES = ["input_scale", "difference_start", "difference_scale", "variance_weight", "sparsity"]
TRAINING = ["dataset", *SWITCHES, "fold", "seed"]
NOTES = (
    "Means over videos, then runs. time: Spearman's rho of the scores with the order of frames, the size of "
    "a run's mean, in brackets the mean of the videos' sizes; change: Kendall's tau-b of the scores, and of "
    "the difference attention d, with the mean absolute difference of successive features, in brackets how "
    "many runs have it above 0; agreement: tau-b between the scores of two seeds, in brackets the lowest "
    "pair's; τ: against each annotator, in brackets how many runs have it below 0."
)
Numbers = npt.NDArray[np.float64]


def measure(paths: Sequence[Path]) -> pd.DataFrame:
    """The measures of all finished runs in some folders, a row a training and video, in order."""
    folders = [run.folder for run in find_runs(paths) if run.done and run.folder]
    places = [(folder, fold) for folder in folders for fold in fold_folders(folder)]
    rows = pd.DataFrame([row for place in track(places, "measuring") for row in training(*place)])
    for _, same in rows.groupby([*TRAINING[:-1], "video"]):
        for one, other in combinations(same.sort_values("seed").index, 2):
            agreement = kendalltau(rows["scores"][one], rows["scores"][other]).statistic
            rows.loc[one, f"agreement_with_{rows['seed'][other]}"] = agreement
    return rows.drop(columns="scores").sort_values(TRAINING, kind="stable", ignore_index=True)


def together(kept: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """The measures that were kept, with those of trainings that are measured now in place of older ones."""
    again = (
        kept[TRAINING].merge(now[TRAINING].drop_duplicates(), how="left", indicator=True)["_merge"] == "both"
    )
    rows = pd.concat([kept[~again.to_numpy()], now], ignore_index=True)
    return rows.sort_values(TRAINING, kind="stable", ignore_index=True)


def training(run: Path, fold: int) -> list[dict[str, object]]:
    """A row a video, of what a fold's training makes of all videos of its dataset."""
    folder = next(each for each in (run / f"fold_{fold}", run) if (each / "config.yaml").is_file())
    config = OmegaConf.load(folder / "config.yaml")
    assert isinstance(config, DictConfig)
    method = vsumlab.load(run, fold)
    place = {"dataset": config.data.name} | {name: config.method[name] for name in SWITCHES}
    place |= {"fold": fold, "seed": config.seed}
    rows = []
    for tested_in in range(config.setting.n_folds):
        data = set_up_data(changed(config, fold=tested_in), build(config.selection))
        for key in data.fold.test:
            video = data.pool.evaluated[key]
            scores = method.score(video.features).double().numpy()
            named = place | {"video": key, "tested_in": tested_in, "scores": scores}
            rows.append(named | measured(method, video, scores, data.dataset))
    return rows


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


def table(title: str, rows: pd.DataFrame) -> Table:
    """The measures of some videos, a row a cell."""
    header = [*SWITCHES, "runs", "variance", "time", "change", "d: change", "agreement", "τ", "F1 %"]
    cells = []
    for cell, own in rows.groupby(SWITCHES, sort=False):
        numbers = own.select_dtypes("number").assign(size=own["time"].abs())
        runs = numbers.groupby([own["fold"], own["seed"]]).mean()
        pairs = runs.filter(like="agreement_").stack().dropna()
        cells.append(
            [
                *map(str, cell),
                str(len(runs)),
                f"{runs['variance'].mean():.3f}",
                f"{runs['time'].abs().mean():.2f} ({runs['size'].mean():.2f})",
                *(f"{runs[of].mean():.2f} ({(runs[of] > 0).sum()})" for of in ("change", "attention")),
                f"{pairs.mean():.2f} ({pairs.min():.2f})" if len(pairs) else "",
                f"{runs['tau'].mean():.3f} ({(runs['tau'] < 0).sum()})",
                f"{100 * runs['f1'].mean():.1f}",
            ]
        )
    return Table(title, header, cells, "")


def by_fold(dataset: str, rows: pd.DataFrame) -> Table:
    """Tau and F1 of each cell on the training videos of each fold, by trainings that were trained on them."""
    folds = sorted(rows["tested_in"].unique())
    trained_on = rows[rows["tested_in"] != rows["fold"]]
    cells = []
    for cell, own in trained_on.groupby(SWITCHES, sort=False):
        of_folds = [own.loc[own["tested_in"] != fold, ["tau", "f1"]].mean() for fold in folds]
        cells.append([*map(str, cell), *(f"{each['tau']:.4f}, {100 * each['f1']:.1f}" for each in of_folds)])
    title = f"{dataset}: τ and F1 % on each fold's training videos, by all trainings on them"
    return Table(title, [*SWITCHES, *(f"fold {fold}" for fold in folds)], cells, "")


def tables(rows: pd.DataFrame) -> list[Table]:
    """The tables of the page."""
    found = []
    for dataset, own in rows.groupby("dataset", sort=False):
        test = own["tested_in"] == own["fold"]
        found += [
            table(f"{dataset}: training videos", own[~test]),
            table(f"{dataset}: test videos", own[test]),
        ]
        found.append(by_fold(str(dataset), own))
    return found


def with_tables(page: str, rows: pd.DataFrame) -> str:
    """The page with its tables made anew."""
    *others, last = tables(rows)
    made = [*(each._replace(notes="") for each in others), last._replace(notes=NOTES)]
    return between(page, BEGIN, END, made)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        now = measure([Path(path) for path in sys.argv[1:]])
        write_table(MEASURES, together(read_table(MEASURES), now), float_format="%.6g")
    write_whole(PAGE, with_tables(PAGE.read_text(encoding="utf-8"), read_table(MEASURES)))
