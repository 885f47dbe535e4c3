"""F1 of key-shot summaries against annotators' summaries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.arrays import Numbers, as_array
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


def f1_scores(summary: Numbers, user_summary: Numbers) -> npt.NDArray[np.float64]:
    """F1 of every summary with every annotator's.

    Args:
        summary: (N,) or (D, N), true or 1 for frames of the summary.
        user_summary: (N,) or (U, N), each annotator's.

    Returns:
        (D, U) in [0, 1], without the dimension that an argument has not.

    >>> f1_scores(np.array([True, True, False]), np.array([[True, True, True], [False, False, True]]))
    array([0.8, 0. ])
    """
    ours, people = chosen(summary), chosen(user_summary)
    overlap = ours.astype(np.float32) @ people.T.astype(np.float32)  # counts exactly up to 2^24 frames
    return f1_of_pairs(overlap.astype(np.int64), ours.sum(axis=-1), people.sum(axis=-1))


def f1_of_shots(selected: Numbers, timeline: Timeline, user_summary: Numbers) -> npt.NDArray[np.float64]:
    """F1 of every selection of shots with every annotator's summary: `f1_scores` without its frames.

    Args:
        selected: (S,) or (D, S), true or 1 for shots of the summary.
        timeline: The video's.
        user_summary: (N,) or (U, N), each annotator's.

    Returns:
        (D, U) in [0, 1], without the dimension that an argument has not.

    >>> timeline = Timeline(np.array([0]), 3, np.array([[0, 1], [2, 2]]))
    >>> f1_of_shots(np.array([[True, False]]), timeline, np.array([[True, True, True]]))
    array([[0.8]])
    """
    ours = chosen(selected).astype(np.int64)
    annotated = np.add.reduceat(chosen(user_summary), timeline.shots[:, 0], axis=-1, dtype=np.int32)
    return f1_of_pairs(ours @ annotated.T, ours @ timeline.shot_lengths, annotated.sum(axis=-1))


def f1_of_pairs(
    overlap: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], annotated: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """F1 (D, U) from overlaps (D, U) and the lengths (D,) and (U,); without D or U where a length has none.

    >>> f1_of_pairs(np.array([[3, 1], [0, 0]]), np.array([4, 0]), np.array([6, 4]))
    array([[0.6 , 0.25],
           [0.  , 0.  ]])
    """
    return f1_from_counts(overlap, predicted.reshape(predicted.shape + (1,) * annotated.ndim), annotated)


def chosen(summary: Numbers) -> npt.NDArray[np.bool_]:
    """What a summary has: the same of any type, 0 being false.

    >>> chosen([1, 0])
    array([ True, False])
    """
    return as_array(summary).astype(np.bool_, copy=False)
