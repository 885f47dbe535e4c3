"""What every method is compared with: random scores, people, and the people's mean."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
from torch import Tensor

from vsumlab.core.annotations import RankReference
from vsumlab.core.video import Video
from vsumlab.metrics.f1 import f1_of_pairs
from vsumlab.metrics.means import nan_mean
from vsumlab.metrics.rank import Floats, kendall_tau, spearman_rho
from vsumlab.metrics.reference import annotator_scores

BASELINES = ("random", "human", "gtscore")
"""The scorers that stand in every table."""
ORACLE = " (test oracle)"
"""What the names of scorers end with whose epoch was chosen on the test videos."""
ORACLE_REMARK = "rows marked (test oracle): epochs chosen on test videos, no result"
"""What tables say that have some of those."""


def random_scores(video: Video, draws: int, seed: int = 0) -> npt.NDArray[np.float64]:
    """Uniformly random importance scores (draws, T) in [0, 1).

    They depend on the video's key and on the seed alone: a video is given the same ones in every run, fold
    and method's table.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.stack([np.arange(3), np.arange(3)], axis=1))
    >>> people = Annotations(np.zeros((1, 3), dtype=bool), np.array([[1.0, 2.0, 5.0]]))
    >>> video = Video("video_1", torch.zeros(3, 1), timeline, people)
    >>> one, two = random_scores(video, draws=1), random_scores(video, draws=2)
    >>> two.shape, bool((two[0] == one[0]).all())
    ((2, 3), True)
    """
    generator = np.random.default_rng([seed, zlib.crc32(video.key.encode())])
    return generator.random((draws, video.n_picks))


def mean_annotator_scores(video: Video, reference: RankReference) -> npt.NDArray[np.float64]:
    """The annotators' mean (T,), scaled to [0, 1] in each video: the field's oracle, `gtscore` in its files.

    Of annotators who made summaries it is how many of them chose a pick, however peer code samples them.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.stack([np.arange(3), np.arange(3)], axis=1))
    >>> people = Annotations(np.zeros((2, 3), dtype=bool), np.array([[1.0, 3.0, 2.0], [3.0, 5.0, 4.0]]))
    >>> video = Video("video_1", torch.zeros(3, 1), timeline, people)
    >>> mean_annotator_scores(video, "user_scores")
    array([0. , 1. , 0.5])
    """
    of_picks: RankReference = "user_scores" if reference == "user_scores" else "user_summary"
    mean: npt.NDArray[np.float64] = annotator_scores(video, of_picks).mean(axis=0)
    scaled: npt.NDArray[np.float64] = (mean - mean.min()) / max(np.ptp(mean), np.finfo(np.float64).tiny)
    return scaled


def oracle_scores(
    video: Video, reference: RankReference, gtscore: Tensor | None
) -> npt.NDArray[np.float64] | None:
    """The oracle (T,) of a video: the annotators' mean, or where the file lacks theirs its own `gtscore`.

    Args:
        video: An annotated video.
        reference: What rank correlations are computed against.
        gtscore: (T,) of the file, if it has it.

    Returns:
        Scores in [0, 1]; None where there are neither.
    """
    if reference != "user_scores" or len(video.annotated.user_scores):
        return mean_annotator_scores(video, reference)
    return None if gtscore is None else gtscore.double().numpy()


def evaluate_human(video: Video, reference: RankReference) -> Floats:
    """Judges each annotator by all others, and takes the mean over annotators.

    Returns:
        (5,) as METRICS: F1 of an annotator's summary against the others', by mean and by maximum over them;
        tau-b and rho, the means over pairs that have one; NaN for the variance, since annotators' scores are
        in units of their own.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.stack([np.arange(3), np.arange(3)], axis=1))
    >>> summaries = np.array([[True, False, False], [True, True, True]])
    >>> people = Annotations(summaries, np.array([[1.0, 2.0, 3.0], [5.0, 4.0, 1.0]]))
    >>> video = Video("video_1", torch.zeros(3, 1), timeline, people)
    >>> evaluate_human(video, "user_scores")
    array([ 0.5,  0.5, -1. , -1. ,  nan])
    """
    frames = video.annotated.user_summary.astype(np.float32)  # counts exactly up to 2^24 frames
    overlap = (frames @ frames.T).astype(np.int64)
    lengths = overlap.diagonal()
    f1 = f1_of_pairs(overlap, lengths, lengths)
    others = ~np.eye(len(f1), dtype=bool)
    annotators = annotator_scores(video, reference)
    pairs = np.triu_indices(len(annotators), k=1)
    return np.array(
        [
            nan_mean(f1[others]),
            nan_mean(np.where(others, f1, -np.inf).max(axis=1)) if len(f1) > 1 else np.nan,
            nan_mean(kendall_tau(annotators, annotators)[pairs]),
            nan_mean(spearman_rho(annotators, annotators)[pairs]),
            np.nan,
        ]
    )
