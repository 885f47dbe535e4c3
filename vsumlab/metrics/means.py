"""Means of metrics that a video may lack: scores that are all the same have no rank correlation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def nan_mean(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The mean over the last axis of what is not NaN; NaN, without a warning, where there is nothing.

    >>> nan_mean(np.array([[1.0, np.nan, 3.0], [np.nan, np.nan, np.nan]]))
    array([ 2., nan])
    """
    valid = ~np.isnan(values)
    total: npt.NDArray[np.float64] = np.where(valid, values, 0.0).sum(axis=-1)
    count = valid.sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
