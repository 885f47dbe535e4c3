"""The evaluation protocol: importance scores of a video to the metrics that every table shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from vsumlab.core.annotations import RankReference
from vsumlab.core.arrays import Numbers, as_array
from vsumlab.core.video import Video
from vsumlab.errors import UserError
from vsumlab.metrics.f1 import f1_of_shots
from vsumlab.metrics.means import nan_mean
from vsumlab.metrics.rank import kendall_tau, spearman_rho
from vsumlab.metrics.reference import annotator_scores
from vsumlab.summary.keyshots import select_shots


def evaluate_scores(scores: Numbers, video: Video, reference: RankReference) -> npt.NDArray[np.float64]:
    """Judges importance scores of a video, one or many at once.

    Args:
        scores: (T,) importance at the picks, at least 0, or (D, T) of D scorers of the same video: a tensor,
            an array or lists.
        video: An annotated video.
        reference: What rank correlations are computed against.

    Returns:
        (5,) or (D, 5), columns as in METRICS: F1 against the annotators, its mean and its maximum over them,
        in [0, 1]; tau-b and rho against each annotator, their means over those who have one, in [-1, 1], NaN
        where none has; the variance of the scores.

    Raises:
        UserError: If the scores are not of this video's picks, not finite or below 0.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(10), 10, np.stack([np.arange(10), np.arange(10)], axis=1))
    >>> people = Annotations(np.eye(2, 10, dtype=bool), np.array([np.arange(10.0)]))
    >>> video = Video("video_1", torch.zeros(10, 1), timeline, people)
    >>> f1_mean, f1_max, tau, rho, variance = evaluate_scores(np.arange(10.0), video, "user_scores")
    >>> float(f1_mean), float(tau), float(variance)  # of 10 frames it takes the last one, which nobody chose
    (0.0, 1.0, 8.25)
    """
    scores = as_array(scores)
    check_scores(scores, video)
    f1 = f1_of_shots(select_shots(scores, video.timeline), video.timeline, video.annotated.user_summary)
    annotators = annotator_scores(video, reference)
    ranked = scores[..., : annotators.shape[1]]
    return np.stack(
        [
            f1.mean(axis=-1),
            f1.max(axis=-1),
            nan_mean(kendall_tau(ranked, annotators)),
            nan_mean(spearman_rho(ranked, annotators)),
            scores.var(axis=-1, dtype=np.float64),
        ],
        axis=-1,
    )


def check_scores(scores: npt.NDArray[np.floating], video: Video, dimensions: Sequence[int] = (1, 2)) -> None:
    """Refuses scores that are neither (T,) nor (D, T), not finite or below 0.

    Args:
        scores: Any.
        video: Whose they are to be.
        dimensions: How many they may have; 1 for (T,) alone.

    Raises:
        UserError: Naming the video.

    >>> import torch
    >>> from vsumlab.core.timeline import Timeline
    >>> video = Video("video_1", torch.zeros(2, 1), Timeline(np.arange(2), 2, np.array([[0, 1]])))
    >>> check_scores(np.array([[0.5, -0.25]]), video)
    Traceback (most recent call last):
        ...
    vsumlab.errors.UserError: video_1: a score is -0.25: scale scores to [0, 1]
    """
    check_length(scores, video, dimensions)
    if not np.isfinite(scores).all():
        raise UserError(f"{video.key}: {np.sum(~np.isfinite(scores))} scores are not finite: mend the scorer")
    if scores.min() < 0:
        raise UserError(f"{video.key}: a score is {scores.min():.3g}: scale scores to [0, 1]")


def check_length(scores: npt.NDArray[np.floating], video: Video, dimensions: Sequence[int] = (1, 2)) -> None:
    """Refuses scores that are neither (T,) nor (D, T); arguments as for `check_scores`.

    Raises:
        UserError: Naming the video.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.stack([np.arange(3), np.arange(3)], axis=1))
    >>> people = Annotations(np.zeros((1, 3), dtype=bool), np.array([[1.0, 2.0, 5.0]]))
    >>> video = Video("video_1", torch.zeros(3, 1), timeline, people)
    >>> check_length(np.zeros(2), video)
    Traceback (most recent call last):
        ...
    vsumlab.errors.UserError: video_1: found scores of shape (2,), expected one for each of its 3 picks
    """
    if scores.ndim not in dimensions or scores.shape[-1] != video.n_picks:
        raise UserError(
            f"{video.key}: found scores of shape {scores.shape}, expected one for each of its "
            f"{video.n_picks} picks"
        )
