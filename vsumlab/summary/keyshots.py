"""Importance scores at picks -> frames -> shots -> a key-shot summary."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.arrays import Numbers, as_array
from vsumlab.core.timeline import Timeline
from vsumlab.summary.knapsack import knapsack

BUDGET_PERCENT = 15  # of the frames; an integer, so that the capacity is floor(0.15 N) without rounding


def budget(n_frames: int) -> int:
    """How many of N frames a summary may have: floor(0.15 N).

    >>> budget(100), budget(99)
    (15, 14)
    """
    return n_frames * BUDGET_PERCENT // 100


def frame_scores(scores: Numbers, picks: npt.NDArray[np.int64], n_frames: int) -> npt.NDArray[np.float64]:
    """Steps scores at picks up to frames: frames [picks[i], picks[i+1]) take score i, the last until N.

    Args:
        scores: (T,) or (D, T) importance at the picks.
        picks: (T,) increasing frame indices.
        n_frames: N.

    Returns:
        (N,) or (D, N); frames before the first pick get 0.

    >>> frame_scores(np.array([0.5, 1.0]), np.array([1, 3]), 6)
    array([0. , 0.5, 0.5, 1. , 1. , 1. ])
    """
    scores = as_array(scores)
    ends = np.append(picks[1:], n_frames)
    frames = np.zeros((*scores.shape[:-1], n_frames))
    frames[..., picks[0] :] = np.repeat(scores.astype(np.float64), ends - picks, axis=-1)
    return frames


def shot_scores(scores: Numbers, timeline: Timeline) -> npt.NDArray[np.float64]:
    """The means (S,) or (D, S) of the frames' scores over each shot, from scores (T,) or (D, T) at the picks.

    >>> timeline = Timeline(np.array([0, 2]), 4, np.array([[0, 2], [3, 3]]))
    >>> shot_scores(np.array([0.0, 0.9]), timeline)
    array([0.3, 0.9])
    """
    frames = frame_scores(scores, timeline.picks, timeline.n_frames)
    means: npt.NDArray[np.float64] = (
        np.add.reduceat(frames, timeline.shots[:, 0], axis=-1) / timeline.shot_lengths
    )
    return means


def select_shots(scores: Numbers, timeline: Timeline, capacity: int | None = None) -> npt.NDArray[np.bool_]:
    """Chooses the shots of greatest total score within 15 % of the frames.

    Args:
        scores: (T,) or (D, T) importance at the picks, at least 0.
        timeline: The video's.
        capacity: How many frames may be chosen, if not 15 % of them.

    Returns:
        (S,) or (D, S), true for shots of the summary.

    >>> timeline = Timeline(np.arange(20), 20, np.array([[0, 1], [2, 4], [5, 19]]))
    >>> select_shots(np.r_[0.8, 0.8, 0.9, 0.9, 0.9, np.ones(15)], timeline)
    array([False,  True, False])
    """
    scores = as_array(scores)
    if scores.ndim > 1:  # one after the other: the frames of one stay in cache
        return np.stack([select_shots(row, timeline, capacity) for row in scores])
    if capacity is None:
        capacity = budget(timeline.n_frames)
    return knapsack(shot_scores(scores, timeline), timeline.shot_lengths, capacity)


def key_shot_summary(scores: Numbers, timeline: Timeline) -> npt.NDArray[np.bool_]:
    """The key-shot summary of importance scores.

    Args:
        scores: (T,) or (D, T) importance at the picks, at least 0: a tensor, an array or lists.
        timeline: The video's.

    Returns:
        (N,) or (D, N), true for frames of the summary.

    >>> timeline = Timeline(np.array([0, 1]), 7, np.array([[0, 0], [1, 6]]))
    >>> key_shot_summary(np.array([0.2, 0.9]), timeline).astype(int)
    array([1, 0, 0, 0, 0, 0, 0])
    """
    return np.repeat(select_shots(scores, timeline), timeline.shot_lengths, axis=-1)
