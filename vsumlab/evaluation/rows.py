"""Scores in, rows out: a row a video and scorer, the method's and those of random scores and of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from vsumlab.core.arrays import Numbers, as_array
from vsumlab.core.metric_names import METRICS
from vsumlab.data.dataset import Dataset
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import BASELINES, evaluate_human, oracle_scores, random_scores
from vsumlab.evaluation.protocol import check_length, evaluate_scores
from vsumlab.metrics.means import nan_mean
from vsumlab.metrics.reference import constant_annotators

DISTINCT = "distinct_scores"
COLUMNS = ["fold", "seed", "dataset", "video", "scorer", *METRICS, DISTINCT]
"""Of `videos.csv`: F1 in [0, 1], correlations in [-1, 1], NaN where there is none."""

Scores = Mapping[str, Mapping[str, Numbers]]
"""Importance scores (T,) by scorer and video."""


class FoldEvaluation(NamedTuple):
    """What a fold's scores come to.

    Attributes:
        rows: A row a video and scorer, with the columns COLUMNS.
        constant_annotators: How many annotators, over all videos, have no rank correlation.
    """

    rows: pd.DataFrame
    constant_annotators: int


def distinct_share(scores: Numbers) -> npt.NDArray[np.float64]:
    """How many different scores there are in (T,), or in each row of (D, T), over T: ties move tau-b.

    >>> distinct_share(np.array([[0.5, 0.5, 0.1, 0.2], [1.0, 1.0, 1.0, 1.0]]))
    array([0.75, 0.25])
    """
    ordered = np.sort(as_array(scores), axis=-1)
    steps = np.diff(ordered, axis=-1) > 0
    share: npt.NDArray[np.float64] = (1 + steps.sum(axis=-1)) / ordered.shape[-1]
    return share


def evaluate_fold(
    scores: Scores, videos: VideoFile, dataset: Dataset, fold: int, seed: int, draws: int
) -> FoldEvaluation:
    """Evaluates importance scores of a fold's test videos, next to random scores and people.

    Args:
        scores: By scorer and video, the same videos by every scorer.
        videos: The dataset's feature file.
        dataset: What is evaluated.
        fold: For the rows.
        seed: For the rows.
        draws: How many random scorers the random rows are the mean of; the same ones in every run.

    Raises:
        UserError: If scores do not fit their video, or a scorer has a baseline's name.

    >>> from tempfile import TemporaryDirectory
    >>> from vsumlab.data.demo import make_demo
    >>> with TemporaryDirectory() as folder:
    ...     demo = Dataset("demo", folder, "demo.h5", "mean", "user_scores", make=make_demo)
    ...     videos = demo.open()
    ...     scores = {"rising": {"video_1": np.linspace(0, 1, videos["video_1"].n_picks)}}
    ...     rows = evaluate_fold(scores, videos, demo, fold=0, seed=0, draws=2).rows
    >>> rows["scorer"].to_list()
    ['rising', 'random', 'human', 'gtscore']
    """
    for scorer in scores:
        if scorer in BASELINES:
            raise UserError(f"{scorer}: is the name of a row of every table: choose another")
    reference = dataset.rank_reference
    rows, constant = [], 0
    for key in next(iter(scores.values())):
        video = videos[key]
        drawn = random_scores(video, draws)
        random = evaluate_scores(drawn, video, reference)
        constant += constant_annotators(video, reference)
        judged = {scorer: as_array(of_videos[key]).ravel() for scorer, of_videos in scores.items()}
        oracle = oracle_scores(video, reference, videos.features(key).gtscore)
        judged |= {} if oracle is None else {"gtscore": oracle}
        for of_video in judged.values():
            check_length(of_video, video)
        together = np.stack([*judged.values()])
        found = dict(zip(judged, evaluate_scores(together, video, reference), strict=True))
        shares = dict(zip(judged, distinct_share(together), strict=True))
        shares["random"] = distinct_share(drawn).mean()
        values = {scorer: found[scorer] for scorer in scores} | {
            "random": nan_mean(random.T),
            "human": evaluate_human(video, reference),
            **({} if oracle is None else {"gtscore": found["gtscore"]}),
        }
        rows += [
            (fold, seed, dataset.name, key, scorer, *metrics.tolist(), shares.get(scorer, np.nan))
            for scorer, metrics in values.items()
        ]
    return FoldEvaluation(pd.DataFrame(rows, columns=COLUMNS), constant)
