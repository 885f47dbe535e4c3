"""What scores come to that no training has made: change itself, and CSNet before it is trained.

`python experiments/csnet_learns/controls.py OVERRIDE…`, such as `data=tvsum data.file=FILE.h5`, writes
`controls_DATASET.csv` beside this file, a row a video, scorer and seed, and makes the table of `README.md`
anew.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytorch_lightning as pl
from scipy.stats import spearmanr

from vsumlab.config import build, compose_config
from vsumlab.core.metric_names import METRICS
from vsumlab.core.video import Video
from vsumlab.data.dataset import Dataset
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.methods.summarizer import Summarizer
from vsumlab.report.markdown import between
from vsumlab.report.tables import Table
from vsumlab.runs.folder import read_table, write_table, write_whole

HERE = Path(__file__).parent
PAGE = HERE / "README.md"
BEGIN, END = "<!-- controls -->", "<!-- end of controls -->"
SEEDS = (0, 1, 2)
NOTES = (
    "Means over all videos, then seeds; nothing is trained, so no video is held out. change: the mean "
    "absolute difference of successive features, scaled to [0, 1]; d: untrained difference attention "
    "alone. time: Spearman's rho of scores with the order of frames, the size of the mean."
)


def scores_of(video: Video, methods: Sequence[Summarizer]) -> dict[tuple[str, int], npt.NDArray[np.float64]]:
    """Scores (T,) in [0, 1] of one video, by scorer and seed."""
    difference = np.append(video.features.diff(dim=0).abs().mean(dim=1).numpy(), 0).astype(np.float64)
    found = {("change", 0): unit(difference)}
    for seed, method in zip(SEEDS, methods, strict=True):
        found["csnet, untrained", seed] = method.score(video.features).double().numpy()
        attention = method.explain(video.features).curves["difference attention"]
        found["d, untrained", seed] = unit(attention.astype(np.float64))
    return found


def unit(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scales values to [0, 1]."""
    return (values - values.min()) / max(values.max() - values.min(), 1e-12)


def controls(overrides: Sequence[str]) -> pd.DataFrame:
    """A row a video, scorer and seed."""
    config = compose_config(["method=csnet", *overrides])
    dataset: Dataset = build(config.data)
    videos, methods = dataset.open(), []
    for seed in SEEDS:
        pl.seed_everything(seed, verbose=False)
        methods.append(build(config.method, feature_dim=videos.feature_dim).eval())
    rows = []
    for key in videos.keys:
        for (scorer, seed), scores in scores_of(videos[key], methods).items():
            judged = evaluate_scores(scores[None], videos[key], dataset.rank_reference)[0]
            place = {"dataset": dataset.name, "video": key, "scorer": scorer, "seed": seed}
            time = spearmanr(scores, np.arange(len(scores))).statistic
            f1 = judged[METRICS.index(f"f1_{dataset.headline}")]
            rows.append(place | {"tau": judged[METRICS.index("kendall_tau")], "f1": f1, "time": time})
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame) -> Table:
    """A row a dataset and scorer."""
    cells = []
    for (dataset, scorer), own in rows.groupby(["dataset", "scorer"], sort=False):
        seeds = own.groupby("seed")[["tau", "f1", "time"]].mean()
        taus = ", ".join(f"{tau:.3f}" for tau in seeds["tau"])
        cells.append(
            [
                str(dataset),
                str(scorer),
                f"{seeds['tau'].mean():.3f}",
                taus,
                f"{100 * seeds['f1'].mean():.1f}",
                f"{seeds['time'].abs().mean():.2f}",
            ]
        )
    return Table("Without training", ["dataset", "scorer", "τ", "τ by seed", "F1 %", "time"], cells, NOTES)


def with_table(page: str, rows: pd.DataFrame) -> str:
    """The page with its table made anew."""
    return between(page, BEGIN, END, [table(rows)])


if __name__ == "__main__":
    found = controls(sys.argv[1:])
    file = HERE / f"controls_{found['dataset'].iloc[0]}.csv"
    write_table(file, found, float_format="%.6g")
    kept = pd.concat([read_table(each) for each in sorted(HERE.glob("controls_*.csv"))])
    write_whole(PAGE, with_table(PAGE.read_text(encoding="utf-8"), kept))
