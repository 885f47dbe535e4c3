"""One item of a dataset, and the words for its parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch


@dataclass(frozen=True, eq=False)
class Video:
    """A video as methods and metrics see it.

    T is the number of picks, N of frames, S of shots, U of annotators, D the feature dimension. What a
    training-only dataset does not have is None.

    Attributes:
        key: The group in the feature file, such as `video_12`.
        features: (T, D) float32, the frame features at the picks.
        picks: (T,) int64, strictly increasing frame indices in [0, N).
        n_frames: N.
        shots: (S, 2) int64, first and last frame of each shot, both inclusive, contiguous, covering [0, N).
        user_summary: (U, N) bool, each annotator's key-shot summary.
        user_scores: (U, T) float64, each annotator's importance at the picks, in the dataset's own units.
        gtscore: (T,) float32, the annotators' mean importance in [0, 1].
    """

    key: str
    features: torch.Tensor
    picks: npt.NDArray[np.int64] | None = None
    n_frames: int | None = None
    shots: npt.NDArray[np.int64] | None = None
    user_summary: npt.NDArray[np.bool_] | None = None
    user_scores: npt.NDArray[np.float64] | None = None
    gtscore: torch.Tensor | None = None

    @property
    def n_picks(self) -> int:
        """T."""
        return self.features.shape[0]
