"""How F1 depends on the scale of scores at equal ranks, from runs' recorded scores.

`python experiments/consensus/scales.py RUN…` writes `scales.csv` beside this file, a row a video and
scorer, and makes the table of `README.md` anew; without a run it makes it from that file. Nothing is chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd
from omegaconf import DictConfig, OmegaConf
from scipy.stats import rankdata

from vsumlab.config import build
from vsumlab.core.metric_names import METRICS
from vsumlab.data.dataset import Dataset
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.report.markdown import between
from vsumlab.report.tables import Table
from vsumlab.runs.folder import read_table, write_table, write_whole
from vsumlab.runs.reading import find_runs
from vsumlab.terminal import track

FIGURES, PAGE = (Path(__file__).with_name(name) for name in ("scales.csv", "README.md"))
BEGIN, END = "<!-- scales -->", "<!-- end of scales -->"
Scores = npt.NDArray[np.float64]
NOTES = (
    "F1 in percent, by the dataset's own reduction; means over videos. All scales of a scorer have the same "
    "ranks, so the same τ. p: scores scaled to [0, 1] in each video; rank: p's rank, ties averaged; "
    "constant: the same score everywhere."
)


def scales(scores: Scores) -> dict[str, Scores]:
    """Scores (T,) in [0, 1] at the same ranks, by the name of the scale, and a constant."""
    spread = max(np.ptp(scores), 1e-12)
    p = (scores - scores.min()) / spread
    return {
        "p": p,
        "p squared": p**2,
        "rank": (rankdata(p) - 0.5) / len(p),
        "(1 + p) / 2": (1 + p) / 2,
        "exp(p - 1)": np.exp(p - 1),
        "(9 + p) / 10": (9 + p) / 10,
        "constant": np.ones_like(p),
    }


def figures(paths: Sequence[Path]) -> pd.DataFrame:
    """F1 in [0, 1], a row a video and scorer of finished runs, a column a scale."""
    rows = []
    for run in find_runs(paths):
        if not (run.done and run.folder):
            continue
        config = OmegaConf.load(run.folder / "config.yaml")
        assert isinstance(config, DictConfig)
        dataset: Dataset = build(config.data)
        videos = dataset.open()
        headline = METRICS.index(f"f1_{dataset.headline}")
        with h5py.File(run.folder / "scores.h5") as file:
            places = [(fold, key) for fold in file for key in file[fold]]
            for fold, key in track(places, "scaling"):
                for scorer, group in file[fold][key].items():
                    scores = group["importance_scores"][()].astype(np.float64)
                    named = scales(scores)
                    judged = evaluate_scores(np.stack([*named.values()]), videos[key], dataset.rank_reference)
                    place = {"dataset": dataset.name, "features": dataset.file.stem, "scorer": scorer}
                    of_scales = dict(zip(named, judged[:, headline].tolist(), strict=True))
                    rows.append(place | {"video": key} | of_scales)
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame) -> Table:
    """A row a scorer, a column a scale."""
    names = list(scales(np.zeros(2)))
    cells = []
    for place, own in rows.groupby(["features", "scorer"], sort=False):
        means = own[names].mean()
        cells.append([*map(str, place), *(f"{100 * means[name]:.1f}" for name in names)])
    return Table("F1 % by the scale of the scores", ["features", "scorer", *names], cells, NOTES)


def with_table(page: str, rows: pd.DataFrame) -> str:
    """The page with its table made anew."""
    return between(page, BEGIN, END, [table(rows)])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        write_table(FIGURES, figures([Path(path) for path in sys.argv[1:]]), float_format="%.6g")
    write_whole(PAGE, with_table(PAGE.read_text(encoding="utf-8"), read_table(FIGURES)))
