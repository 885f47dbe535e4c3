"""Whether two scorers differ on the same videos."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import bootstrap, permutation_test

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
    if np.ptp(differences) == 0:  # a bootstrap sample of one value has no interval of its own
        low = high = float(differences[0])
    else:
        resampled = bootstrap(
            (differences,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0)
        )
        low, high = (float(end) for end in resampled.confidence_interval)
    test = permutation_test(
        (differences,),
        lambda values, axis: np.mean(values, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(0),
    )
    return Difference(float(differences.mean()), low, high, float(test.pvalue), n_videos)
