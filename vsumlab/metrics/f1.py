"""F1 of key-shot summaries against annotators' summaries."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


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
    """
    total = np.asarray(predicted + annotated)
    return np.divide(2 * overlap, total, out=np.zeros(total.shape), where=total > 0)


def f1_scores(summary: npt.NDArray[np.bool_], user_summary: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """F1 (U,) in [0, 1] of a summary (N,) against each annotator's (U, N)."""
    overlap = user_summary[:, summary].sum(axis=1)
    return f1_from_counts(overlap, summary.sum(), user_summary.sum(axis=1))
