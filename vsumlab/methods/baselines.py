"""What every method is compared with: chance, people, and what knows them all."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

from vsumlab.data.video import Video
from vsumlab.metrics.f1 import f1_from_counts
from vsumlab.metrics.protocol import Floats, RankReference, annotator_scores, mean_of_known
from vsumlab.metrics.rank import kendall_tau, spearman_rho


def random_scores(video: Video, draws: int, seed: int = 0) -> npt.NDArray[np.float64]:
    """Uniformly random importance scores (draws, T) in [0, 1).

    They depend on the video's key and on the seed alone: a video is given the same ones in every run, fold
    and method's table.
    """
    generator = np.random.default_rng([seed, zlib.crc32(video.key.encode())])
    return generator.random((draws, video.n_picks))


def mean_annotator_scores(video: Video, reference: RankReference) -> npt.NDArray[np.float64]:
    """The annotators' mean (T,), scaled to [0, 1] in each video: the field's oracle, `gtscore` in its files.

    Of annotators who made summaries it is how many of them chose a pick, however peer code samples them.
    """
    of_picks: RankReference = "user_scores" if reference == "user_scores" else "user_summary"
    mean: npt.NDArray[np.float64] = annotator_scores(video, of_picks).mean(axis=0)
    scaled: npt.NDArray[np.float64] = (mean - mean.min()) / max(np.ptp(mean), np.finfo(np.float64).tiny)
    return scaled


def evaluate_human(video: Video, reference: RankReference) -> Floats:
    """Judges each annotator by all others, and takes the mean over annotators.

    Returns:
        (5,) as METRICS: F1 of an annotator's summary against the others', by mean and by maximum over them;
        tau-b and rho, the means over pairs that have one; NaN for the variance, since annotators' scores are
        in units of their own.
    """
    frames = video.user_summary.astype(np.float32)  # counts exactly up to 2^24 frames
    overlap = (frames @ frames.T).astype(np.int64)
    lengths = overlap.diagonal()
    f1 = f1_from_counts(overlap, lengths[:, None], lengths)
    others = ~np.eye(len(f1), dtype=bool)
    annotators = annotator_scores(video, reference)
    pairs = np.triu_indices(len(annotators), k=1)
    return np.array(
        [
            mean_of_known(f1[others]),
            mean_of_known(np.where(others, f1, -np.inf).max(axis=1)) if len(f1) > 1 else np.nan,
            mean_of_known(kendall_tau(annotators, annotators)[pairs]),
            mean_of_known(spearman_rho(annotators, annotators)[pairs]),
            np.nan,
        ]
    )
