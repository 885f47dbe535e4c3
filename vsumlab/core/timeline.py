"""Where a video's picks and shots are among its frames."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

USUAL_FPS = 30.0
"""Frames a second where a file does not say."""

USUAL_RATE = 2.0
"""Picks a second where no picks are there to say: the field takes every 15th of 30 frames."""


@dataclass(frozen=True, eq=False)
class Timeline:
    """A video's frames, as far as a summary needs to know them.

    Attributes:
        picks: (T,) int64, strictly increasing frame indices in [0, N): where the features were taken.
        n_frames: N.
        shots: (S, 2) int64, first and last frame of each shot, both inclusive, contiguous, covering [0, N).
        fps: Frames a second.

    >>> timeline = Timeline(np.array([0, 15, 30]), 40, np.array([[0, 17], [18, 39]]))
    >>> timeline.n_picks, timeline.shot_lengths
    (3, array([18, 22]))
    """

    picks: npt.NDArray[np.int64]
    n_frames: int
    shots: npt.NDArray[np.int64]
    fps: float = USUAL_FPS

    def __repr__(self) -> str:
        return f"Timeline({self.description})"

    @property
    def description(self) -> str:
        """Its sizes in words.

        >>> Timeline(np.array([0, 15, 30]), 40, np.array([[0, 17], [18, 39]])).description
        '3 picks, 40 frames at 30 a second, 2 shots'
        """
        frames = f"{self.n_frames} frames at {self.fps:g} a second"
        return f"{self.n_picks} picks, {frames}, {len(self.shots)} shots"

    @property
    def n_picks(self) -> int:
        """T."""
        return len(self.picks)

    @property
    def shot_lengths(self) -> npt.NDArray[np.int64]:
        """(S,) how many frames each shot has."""
        lengths: npt.NDArray[np.int64] = self.shots[:, 1] - self.shots[:, 0] + 1
        return lengths

    @property
    def rate(self) -> float:
        """Picks a second, by the usual distance of two.

        >>> Timeline(np.array([0, 15, 30]), 40, np.array([[0, 39]]), fps=25.0).rate
        1.6666666666666667
        """
        return self.fps / float(np.median(np.diff(self.picks))) if self.n_picks > 1 else USUAL_RATE

    @property
    def shot_of_pick(self) -> npt.NDArray[np.int64]:
        """(T,) which shot each pick is in, from 0.

        >>> Timeline(np.array([0, 15, 30]), 40, np.array([[0, 17], [18, 39]])).shot_of_pick
        array([0, 0, 1])
        """
        return np.searchsorted(self.shots[:, 1], self.picks)
