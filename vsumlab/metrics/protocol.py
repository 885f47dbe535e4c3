"""The evaluation protocol: importance scores of a video to the figures that every table shows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from vsumlab.data.video import Video
from vsumlab.errors import UserError
from vsumlab.metrics.f1 import f1_from_counts
from vsumlab.metrics.rank import kendall_tau, spearman_rho
from vsumlab.summary.keyshots import select_shots

RankReference = Literal["user_scores", "user_summary", "user_summary_every_15", "user_summary_means_of_15"]
"""What an annotator's opinion of each pick is: their importance score; or their summary, at the picks.

The last two are peer code's ways to sample a summary: every 15th frame, or the means of 15 frames, wherever
the picks are; of summary and scores, what is longer is cut.
"""
Floats = npt.NDArray[np.float64]

METRICS = ("f1_mean", "f1_max", "kendall_tau", "spearman_rho", "score_variance")


def evaluate_scores(scores: npt.NDArray[np.floating], video: Video, reference: RankReference) -> Floats:
    """Judges importance scores of a video, one or many at once.

    Args:
        scores: (D, T) importance at the picks, at least 0, D scorers of the same video.
        video: An annotated video.
        reference: What rank correlations are computed against.

    Returns:
        (D, 5), columns as in METRICS: F1 against the annotators, its mean and its maximum over them, in
        [0, 1]; tau-b and rho against each annotator, their means over those who have one, in [-1, 1], NaN
        where none has; the variance of the scores.

    Raises:
        UserError: If the scores are not of this video's picks, not finite or below 0.
    """
    if scores.ndim != 2 or scores.shape[1] != video.n_picks:
        raise UserError(
            f"{video.key}: found scores of shape {scores.shape[1:]}, expected one for each of its "
            f"{video.n_picks} picks"
        )
    if not np.isfinite(scores).all():
        raise UserError(f"{video.key}: {np.sum(~np.isfinite(scores))} scores are not finite: mend the scorer")
    if scores.min() < 0:
        raise UserError(f"{video.key}: a score is {scores.min():.3g}: scale scores to [0, 1]")
    f1 = f1_of_shots(np.stack([select_shots(row, video) for row in scores]), video)
    annotators = annotator_scores(video, reference)
    ranked = scores[:, : annotators.shape[1]]
    return np.column_stack(
        [
            f1.mean(axis=1),
            f1.max(axis=1),
            mean_of_known(kendall_tau(ranked, annotators)),
            mean_of_known(spearman_rho(ranked, annotators)),
            scores.var(axis=1, dtype=np.float64),
        ]
    )


def f1_of_shots(selected: npt.NDArray[np.bool_], video: Video) -> Floats:
    """F1 (D, U) of shot selections (D, S) against each annotator: `f1_scores` without its frames."""
    annotated = np.add.reduceat(video.user_summary, video.shots[:, 0], axis=1, dtype=np.int32)
    overlap = selected.astype(np.int64) @ annotated.T
    return f1_from_counts(overlap, (selected @ video.shot_lengths)[:, None], annotated.sum(axis=1))


def annotator_scores(video: Video, reference: RankReference) -> Floats:
    """What each annotator thought of the picks: (U, T), or (0, T) where the video does not have it.

    Of peer code's ways there may be fewer than T columns, of the first picks.
    """
    if reference == "user_scores":
        return video.user_scores
    summary = video.user_summary
    if reference == "user_summary":
        return summary[:, video.picks].astype(np.float64)
    if reference == "user_summary_every_15":
        return summary[:, : video.n_picks * 15 : 15].astype(np.float64)
    runs = min(video.n_frames // 15, video.n_picks)
    means: Floats = summary[:, : runs * 15].reshape(len(summary), runs, 15).mean(axis=2)
    return means


def constant_annotators(video: Video, reference: RankReference) -> int:
    """How many annotators scored all picks alike and so have no rank correlation."""
    return int((np.ptp(annotator_scores(video, reference), axis=1) == 0).sum())


def mean_of_known(values: Floats) -> Floats:
    """The mean over the last axis of what is not NaN; NaN where there is nothing."""
    known = ~np.isnan(values)
    total: Floats = np.where(known, values, 0.0).sum(axis=-1)
    count = known.sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def spread_of_known(values: Floats) -> Floats:
    """The sample standard deviation over the last axis of what is not NaN; NaN for fewer than two values."""
    known = ~np.isnan(values)
    apart = np.where(known, values - mean_of_known(values)[..., None], 0.0)
    count = known.sum(axis=-1)
    return np.where(count > 1, np.sqrt((apart**2).sum(axis=-1) / np.maximum(count - 1, 1)), np.nan)
