"""F1 of key-shot summaries against annotators' summaries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.timeline import Timeline


def f1_from_counts(
    overlap: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], annotated: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """F1 = 2PR / (P + R), P = overlap / predicted, R = overlap / annotated (csnet, eq. 12, 13).

    Args:
        overlap: Frames in both summaries.
        predicted: Frames in the one.
        annotated: Frames in the other.

    Returns:
        2 overlap / (predicted + annotated), which is the same, in [0, 1]; 0 where both are empty.

    >>> f1_from_counts(np.array([3, 0]), np.array([4, 0]), np.array([6, 0]))
    array([0.6, 0. ])
    """
    total = np.asarray(predicted + annotated)
    return np.divide(2 * overlap, total, out=np.zeros(total.shape), where=total > 0)


def f1_scores(summary: npt.NDArray[np.bool_], user_summary: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """F1 (U,) in [0, 1] of a summary (N,) against each annotator's (U, N).

    >>> f1_scores(np.array([True, True, False]), np.array([[True, True, True], [False, False, True]]))
    array([0.8, 0. ])
    """
    overlap = user_summary[:, summary].sum(axis=1)
    return f1_from_counts(overlap, summary.sum(), user_summary.sum(axis=1))


def f1_of_shots(
    selected: npt.NDArray[np.bool_], timeline: Timeline, user_summary: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """F1 (D, U) of shot selections (D, S) against each annotator's (U, N): `f1_scores` without its frames.

    >>> timeline = Timeline(np.array([0]), 3, np.array([[0, 1], [2, 2]]))
    >>> f1_of_shots(np.array([[True, False]]), timeline, np.array([[True, True, True]]))
    array([[0.8]])
    """
    annotated = np.add.reduceat(user_summary, timeline.shots[:, 0], axis=1, dtype=np.int32)
    overlap = selected.astype(np.int64) @ annotated.T
    return f1_from_counts(overlap, (selected @ timeline.shot_lengths)[:, None], annotated.sum(axis=1))
