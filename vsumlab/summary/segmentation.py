"""The segmentation of a sequence of frames that is cheapest where each change point has a price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

UNIT = 2.0**-32
"""Scatter is rounded to whole units, so that sums of it are exact and no order of additions decides a tie."""

ROUNDING = 4.0
"""More units than the rounding of three segments' scatter can come to."""

BLOCK = 64
"""How many frames are compared at once with those before them."""


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Frames in segments.

    Attributes:
        change_points: (m,) int64, increasing, in [1, T): where each segment but the first one begins.
        scatter: The sum over segments of the squared distances of frames to their segment's mean.
    """

    change_points: npt.NDArray[np.int64]
    scatter: float

    @property
    def n_changes(self) -> int:
        """How many change points there are, m."""
        return len(self.change_points)


def cheapest_segmentation(frames: Floats, price: float, longest: int) -> Segmentation:
    """Minimises the scatter within segments plus a price for each change point, exactly.

    Optimal partitioning (Jackson et al. 2005): the cheapest way to each frame from the cheapest ways to those
    before it. Where a change point here is cheaper than a segment that began earlier, it stays so for all
    that follows, since a segment scatters at least as much as its parts (PELT, Killick et al. 2012); then the
    oldest beginnings are dropped. So this takes O(T W D) time and O(T) memory besides the frames, where W is
    how far back a segment may still begin: the length of a few shots in most videos, T in one without
    changes.

    Of several cheapest ones, that with the earliest last change point, then with the earliest last but one, …

    Args:
        frames: (T, D), T at least 1, centred: numbers far from 0 lose digits.
        price: Of a change point, above 0.
        longest: How many frames a segment may have, at least 1.

    Returns:
        The segmentation.

    >>> cheapest_segmentation(np.array([[-1.0], [-1.0], [1.0], [1.0]]), price=0.5, longest=4)
    Segmentation(change_points=array([2]), scatter=0.0)
    """
    n_frames = len(frames)
    scatter = np.zeros(n_frames + 1)  # in units, as the cheapest way to the first t frames has it
    prices = np.zeros(n_frames + 1)  # what its change points cost
    n_changes = np.zeros(n_frames + 1, dtype=np.int64)
    beginning = np.zeros(n_frames + 1, dtype=np.int64)  # of its last segment
    n_changes[0] = -1  # the first segment begins without a change
    prices[0] = -price / UNIT
    norms = np.append(0.0, np.einsum("td,td->t", frames, frames).cumsum())
    sums = np.zeros(n_frames)
    oldest = 0
    for first in range(0, n_frames, BLOCK):
        last = min(first + BLOCK, n_frames)
        begin = oldest
        block, sums[begin:last] = block_scatter(
            frames[begin:last], norms[begin : last + 1], sums[begin:last], first - begin
        )
        for end, row in enumerate(block, first + 1):
            oldest = max(oldest, end - longest)
            ways = scatter[oldest:end] + row[oldest - begin : end - begin]
            costs = ways + prices[oldest:end]
            best = int(costs.argmin())
            beginning[end] = oldest + best
            n_changes[end] = n_changes[oldest + best] + 1
            scatter[end] = ways[best]
            prices[end] = n_changes[end] * price / UNIT
        oldest += int((costs <= scatter[last] + prices[last] + ROUNDING).argmax())
    return Segmentation(path(beginning), float(scatter[-1]) * UNIT)


def block_scatter(frames: Floats, norms: Floats, sums: Floats, n_before: int) -> tuple[Floats, Floats]:
    """The scatter of all segments that end in a block of frames, from running sums of their products.

    A segment [i, j) of frames x scatters by Σ_t x_t·x_t - Σ_s,t x_s·x_t / (j - i).

    Args:
        frames: (W, D): those before the block from which segments may begin, then the block's B.
        norms: (W + 1,) Σ_t x_t·x_t of all frames before each of them and before the next one.
        sums: (W,) Σ_s,t x_s·x_t of the segment from each frame to the block, 0 in the block.
        n_before: W - B.

    Returns:
        (B, W) scatter in whole units of the segment from each frame through each of the block, which says
        nothing where it would begin after its end; (W,) the sums through the block.
    """
    products = np.tril(frames[n_before:] @ frames.T, n_before)
    squares = products.diagonal(n_before)[:, np.newaxis]
    growth = 2 * products[:, ::-1].cumsum(axis=1)[:, ::-1] - squares
    through = sums + np.tril(growth, n_before).cumsum(axis=0)
    ends = np.arange(n_before + 1, len(frames) + 1)[:, np.newaxis]
    lengths = np.maximum(ends - np.arange(len(frames)), 1)
    return np.rint((norms[ends] - norms[:-1] - through / lengths) / UNIT), through[-1]


def path(beginning: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The change points on the way to the last frame, from where the last segment to each frame begins.

    >>> path(np.array([0, 0, 1, 1, 3]))
    array([1, 3])
    """
    change_points: list[int] = []
    at = int(beginning[-1])
    while at > 0:
        change_points.append(at)
        at = int(beginning[at])
    return np.array(change_points[::-1], dtype=np.int64)
