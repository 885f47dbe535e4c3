"""Importance scores at picks -> frames -> shots -> a key-shot summary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.data.video import Video
from vsumlab.summary.knapsack import knapsack

BUDGET_PERCENT = 15  # of the frames; an integer, so that the capacity is floor(0.15 N) without rounding


def frame_scores(
    scores: npt.NDArray[np.floating], picks: npt.NDArray[np.int64], n_frames: int
) -> npt.NDArray[np.float64]:
    """Steps scores at picks up to frames: frames [picks[i], picks[i+1]) take score i, the last until N.

    Args:
        scores: (T,) importance at the picks.
        picks: (T,) increasing frame indices.
        n_frames: N.

    Returns:
        (N,); frames before the first pick get 0.
    """
    ends = np.append(picks[1:], n_frames)
    frames = np.zeros(n_frames)
    frames[picks[0] :] = np.repeat(scores.astype(np.float64), ends - picks)
    return frames


def shot_scores(scores: npt.NDArray[np.floating], video: Video) -> npt.NDArray[np.float64]:
    """The mean (S,) of the frames' scores over each shot, from scores (T,) at the picks."""
    frames = frame_scores(scores, video.picks, video.n_frames)
    means: npt.NDArray[np.float64] = np.add.reduceat(frames, video.shots[:, 0]) / video.shot_lengths
    return means


def select_shots(scores: npt.NDArray[np.floating], video: Video) -> npt.NDArray[np.bool_]:
    """Chooses the shots (S,) of greatest total score within 15 % of the frames, from scores (T,) >= 0."""
    capacity = video.n_frames * BUDGET_PERCENT // 100
    return knapsack(shot_scores(scores, video), video.shot_lengths, capacity)


def key_shot_summary(scores: npt.NDArray[np.floating], video: Video) -> npt.NDArray[np.bool_]:
    """The key-shot summary (N,) of importance scores (T,)."""
    return np.repeat(select_shots(scores, video), video.shot_lengths)
