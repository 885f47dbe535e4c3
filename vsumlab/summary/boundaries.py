"""The shots of a video: where its frame features change, by kernel temporal segmentation.

D. Potapov, M. Douze, Z. Harchaoui, C. Schmid: Category-specific video summarization, ECCV 2014.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.arrays import Numbers, as_array
from vsumlab.errors import UserError
from vsumlab.summary.segmentation import Floats, Segmentation, cheapest_segmentation


def shot_boundaries(features: Numbers, longest_shot: int | None = None) -> npt.NDArray[np.int64]:
    """Where shots begin, by kernel temporal segmentation with a linear kernel, exactly.

    Of all divisions of T frames into m + 1 segments, for all m from 0 to T - 1, that of the least

        L(m) / T + m / (2 T) (ln(T / m) + 1)

    where the second term is 0 for m = 0 and L(m) is the least sum over segments [i, j) of their scatter

        Σ_t k(x_t, x_t) - Σ_s,t k(x_s, x_t) / (j - i).

    As the second term has no scale, the features' scale decides how many shots there are: the field's are of
    unit length. T shots cost 1/2: frames that scatter by more become a shot each.

    The largest m is T - 1, and the longest shot has T picks: no limit is needed, not for hours of video
    either. The second term is concave in m, so the best m has the least L(m) + λ m for λ = ln(T / m) / 2, the
    slope of T times this term. The least for any λ takes one pass over the frames and bounds L(m) from below
    for all m. After some ten passes, each for the m that promises most, no m is left that could be better.

    Scatter is rounded to multiples of 2^-32. Of several best divisions into as many segments, that with the
    earliest last boundary, then with the earliest last but one, and so on.

    Args:
        features: (T, D) frame features at a video's picks, T at least 1, finite, of unit length or so.
        longest_shot: How many picks a shot may have; `None` for any number.

    Returns:
        (m,) int64, increasing, in [1, T): the picks at which a new shot begins. The first shot begins at 0.

    Raises:
        UserError: If the features are not (T, D) finite numbers, or the longest shot is below 1.

    >>> shot_boundaries([[1.0, 0.0]] * 20 + [[0.0, 1.0]] * 30)
    array([20])
    """
    frames = centred(features)
    n_frames = len(frames)
    longest = n_frames if longest_shot is None else longest_shot
    if longest < 1:
        raise UserError(f"longest_shot: found {longest}: give a number of picks, at least 1")
    n_changes = np.arange(n_frames)
    penalties, prices = penalty(n_frames)
    bounds = np.zeros(n_frames)  # what L(m) is at least
    bounds[0] = np.inf  # none is left to find for m = 0
    best = Segmentation(np.empty(0, dtype=np.int64), float(np.square(frames).sum()))
    least = best.scatter if n_frames <= longest else np.inf
    while (promising := bounds + penalties).min() < least:
        m = int(promising.argmin())
        found = cheapest_segmentation(frames, prices[m], longest)
        if (cost := found.scatter + penalties[found.n_changes]) < least:
            best, least = found, cost
        bounds = np.maximum(bounds, found.scatter + prices[m] * (found.n_changes - n_changes))
        bounds[m] = np.inf
    return best.change_points


def centred(features: Numbers) -> Floats:
    """Features (T, D) in double precision around their mean, which leaves distances as they are.

    Raises:
        UserError: If they are not (T, D) finite numbers.
    """
    frames = as_array(features)
    if frames.ndim != 2 or not len(frames):
        raise UserError(f"features: found the shape {frames.shape}: give (T, D), a row a frame, at least one")
    frames = frames.astype(np.float64)
    finite = np.isfinite(frames).all(axis=1)
    if not finite.all():
        raise UserError(f"features: found NaN or infinity in row {finite.argmin()}: give finite numbers")
    frames -= frames.mean(axis=0)
    return frames


def penalty(n_frames: int) -> tuple[Floats, Floats]:
    """T times the penalty, m / 2 (ln(T / m) + 1), and its slope, ln(T / m) / 2, for m = 0 … T - 1.

    Both are 0 for m = 0.
    """
    n_changes = np.arange(1, n_frames)
    slopes = np.log(n_frames / n_changes) / 2
    return np.append(0.0, n_changes * (slopes + 0.5)), np.append(0.0, slopes)


def shots_between(
    boundaries: npt.NDArray[np.int64], picks: npt.NDArray[np.int64], n_frames: int
) -> npt.NDArray[np.int64]:
    """The shots of a `Timeline`, `change_points` in a feature file: each begins at its first pick's frame.

    Args:
        boundaries: (m,) the picks at which a new shot begins, as `shot_boundaries` gives them.
        picks: (T,) increasing frame indices.
        n_frames: N.

    Returns:
        (m + 1, 2) int64, the first and last frame of each, both inclusive, contiguous, covering [0, N).

    >>> shots_between(np.array([2]), np.array([0, 15, 30, 45]), 50)
    array([[ 0, 29],
           [30, 49]])
    """
    begins = np.append(0, picks[boundaries]).astype(np.int64)
    return np.stack([begins, np.append(begins[1:], n_frames) - 1], axis=1)
