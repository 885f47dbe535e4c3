"""Whether two scorers differ on the same videos."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vsumlab.metrics.rank import Floats

RESAMPLES = 9999
LEVEL = 0.05


class Difference(NamedTuple):
    """A mean difference over videos.

    Attributes:
        mean: In units of the metric; NaN without videos that both have it of.
        low: The lower end of its 95 % bootstrap interval over videos; NaN for fewer than two videos.
        high: The upper end.
        p: Of a paired permutation test, two-sided: how often random signs of the videos' differences give a
            mean as far from 0; NaN for fewer than two videos. Not corrected for other comparisons.
        n_videos: How many videos both have the metric of.
    """

    mean: float
    low: float
    high: float
    p: float
    n_videos: int

    @property
    def decidable(self) -> bool:
        """Whether there are videos enough for p to fall below 0.05, being at least 2 of their 2^n signs."""
        return 2.0 ** (1 - self.n_videos) < LEVEL

    @property
    def like_chance(self) -> bool:
        """Whether chance alone could do it, though there are videos enough to tell."""
        return self.decidable and not self.distinguishable

    @property
    def at_odds(self) -> bool:
        """Whether the interval and the test say different things about chance."""
        without_0 = self.low > 0 or self.high < 0
        return self.decidable and without_0 != self.distinguishable

    @property
    def distinguishable(self) -> bool:
        """Whether chance alone would seldom do it: p is below 0.05."""
        return self.p < LEVEL


def paired_difference(ours: Floats, theirs: Floats) -> Difference:
    """Compares two scorers' figures (V,) of the same V videos; a video without one of them (NaN) is left out.

    Resampling is seeded: the same figures give the same answer.

    >>> found = paired_difference(np.array([0.5, 0.6, 0.8, np.nan]), np.array([0.4, 0.4, 0.5, 0.1]))
    >>> round(found.mean, 3), found.p, found.n_videos, found.decidable
    (0.2, 0.25, 3, False)
    """
    differences = ours - theirs
    differences = differences[~np.isnan(differences)]
    n_videos = len(differences)
    if n_videos < 2:
        mean = float(differences[0]) if n_videos else np.nan
        return Difference(mean, np.nan, np.nan, np.nan, n_videos)
    if not differences.any():
        return Difference(0.0, 0.0, 0.0, 1.0, n_videos)
    mean = float(differences.mean())
    low, high = bootstrap_interval(differences)
    return Difference(mean, low, high, permutation_p(differences), n_videos)


def bootstrap_interval(values: Floats) -> tuple[float, float]:
    """The 95 % percentile interval of the mean of values (V,), as of `scipy.stats.bootstrap`."""
    if np.ptp(values) == 0:  # whose mean a resampling may miss by its last digit
        return float(values[0]), float(values[0])
    low, high = np.percentile(values[drawn_videos(len(values))].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def permutation_p(values: Floats) -> float:
    """How often signs at random give values (V,) a mean as far from 0, as `scipy.stats.permutation_test`."""
    signs = drawn_signs(len(values))
    mean, means = values.mean(), signs @ values / len(values)
    tolerance = 100 * np.finfo(np.float64).eps * abs(mean)  # for equal means, summed in another order
    seen = 0 if len(signs) == 2 ** len(values) else 1  # what was seen is not among signs that were drawn
    below, above = (means <= mean + tolerance).sum(), (means >= mean - tolerance).sum()
    return min(1.0, 2 * float(min(below, above) + seen) / (len(signs) + seen))


# A report makes hundreds of comparisons of the same number of videos: drawing takes longer than all else.
@lru_cache(maxsize=4)
def drawn_videos(n_videos: int) -> npt.NDArray[np.int64]:
    """(RESAMPLES, V) which videos each resampling has."""
    return np.random.default_rng(0).integers(0, n_videos, (RESAMPLES, n_videos))


@lru_cache(maxsize=4)
def drawn_signs(n_videos: int) -> Floats:
    """(R, V) signs: all 2^V of them, or where that is more than RESAMPLES so many at random."""
    if 2**n_videos <= RESAMPLES:
        return np.array([*product((1.0, -1.0), repeat=n_videos)])
    either = np.tile([1.0, -1.0], (RESAMPLES, n_videos, 1))
    return np.random.default_rng(0).permuted(either, axis=-1)[..., 0].copy()
