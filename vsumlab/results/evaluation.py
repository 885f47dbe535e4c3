"""Scores in, rows out: the protocol applied to a method, to random scores and to people alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from vsumlab.data.dataset import Dataset
from vsumlab.data.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.methods.baselines import evaluate_human, mean_annotator_scores, random_scores
from vsumlab.metrics.protocol import METRICS, Floats, constant_annotators, evaluate_scores, mean_of_known
from vsumlab.results.rows import BASELINES, Row

Scores = Mapping[str, npt.NDArray[np.floating]]
"""Importance scores (T,) of videos by their keys."""


class Evaluation:
    """What a run's scores come to, fold after fold.

    Args:
        dataset: What is evaluated.
        videos: Its feature file.
        seed: The run's, for its rows.
        draws: How many random scorers the random rows are the mean of; the same ones in every run.

    Attributes:
        rows: One a video and scorer.
        scores: The importance scores by fold, scorer and video.
        constant_annotators: How many annotators, over all videos, had no rank correlation.
    """

    def __init__(self, dataset: Dataset, videos: VideoFile, seed: int, draws: int) -> None:
        self.dataset = dataset
        self.videos = videos
        self.seed = seed
        self.draws = draws
        self.rows: list[Row] = []
        self.scores: dict[int, Mapping[str, Scores]] = {}
        self.constant_annotators = 0
        self._random: list[Floats] = []  # (draws, metrics) of every video

    def add_fold(self, fold: int, scores: Mapping[str, Scores]) -> None:
        """Evaluates importance scores of a fold's test videos, the same ones by every scorer.

        Raises:
            UserError: If scores do not fit their video, or a scorer's name is a baseline's.
        """
        for scorer in scores:
            if scorer in BASELINES:
                raise UserError(f"{scorer}: is the name of a row of every table: choose another")
        reference = self.dataset.rank_reference
        self.scores[fold] = scores
        for key in next(iter(scores.values())):
            video = self.videos[key]
            random = evaluate_scores(random_scores(video, self.draws), video, reference)
            self._random.append(random)
            self.constant_annotators += constant_annotators(video, reference)
            of_video = [by_key[key] for by_key in scores.values()]
            *own, gtscore = evaluate_scores(
                np.stack([*of_video, mean_annotator_scores(video, reference)]), video, reference
            )
            figures = dict(zip(scores, own, strict=True)) | {
                "random": mean_of_known(random.T),
                "human": evaluate_human(video, reference),
                "gtscore": gtscore,
            }
            for name, values in figures.items():
                self.rows.append(Row(fold, self.seed, self.dataset.name, key, name, *values.tolist()))

    def random_spread(self) -> dict[str, float]:
        """How much one random scorer's mean over all videos differs from another's (standard deviation)."""
        by_draw = mean_of_known(np.stack(self._random, axis=-1))
        return dict(zip(METRICS, by_draw.std(axis=0, ddof=1).tolist(), strict=True))
