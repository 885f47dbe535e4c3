"""What people said of a video."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

RankReference = Literal["user_scores", "user_summary", "user_summary_every_15", "user_summary_means_of_15"]
"""What an annotator's opinion of each pick is: their importance score; or their summary, at the picks.

The last two are peer code's ways to sample a summary: every 15th frame, or the means of 15 frames, wherever
the picks are; of summary and scores, what is longer is cut.
"""


@dataclass(frozen=True, eq=False)
class Annotations:
    """The annotators' summaries and scores of one video.

    Attributes:
        user_summary: (U, N) bool, each annotator's key-shot summary.
        user_scores: (U, T) float64, each annotator's importance at the picks, in the dataset's own units;
            (0, T) where the dataset has none.
    """

    user_summary: npt.NDArray[np.bool_]
    user_scores: npt.NDArray[np.float64]

    def __repr__(self) -> str:
        return f"Annotations({self.description})"

    @property
    def description(self) -> str:
        """How many annotators there are, and whether with scores, in words.

        >>> Annotations(np.zeros((3, 40), dtype=bool), np.empty((0, 3))).description
        '3 annotators without scores'
        """
        return f"{len(self.user_summary)} annotators with{'' if len(self.user_scores) else 'out'} scores"
