"""One item of a dataset, and the words for its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import torch


@dataclass(frozen=True, eq=False)
class Video:
    """A video as methods and metrics see it.

    T is the number of picks, N of frames, S of shots, U of annotators, D the feature dimension. A dataset
    that is only trained on has no picks, shots and annotations: their arrays are empty.

    Attributes:
        key: The group in the feature file, such as `video_12`.
        features: (T, D) float32, the frame features at the picks; uint8 where they are quantized, as those of
            YouTube-8M, and only trained on.
        gtscore: (T,) float32 in [0, 1], the annotators' mean importance; None where the file lacks it.
        picks: (T,) int64, strictly increasing frame indices in [0, N).
        n_frames: N.
        shots: (S, 2) int64, first and last frame of each shot, both inclusive, contiguous, covering [0, N).
        user_summary: (U, N) bool, each annotator's key-shot summary.
        user_scores: (U, T) float64, each annotator's importance at the picks, in the dataset's own units;
            (0, T) where the file lacks them.
    """

    key: str
    features: torch.Tensor
    gtscore: torch.Tensor | None
    picks: npt.NDArray[np.int64]
    n_frames: int
    shots: npt.NDArray[np.int64]
    user_summary: npt.NDArray[np.bool_]
    user_scores: npt.NDArray[np.float64]

    @classmethod
    def unannotated(cls, key: str, features: torch.Tensor, gtscore: torch.Tensor | None) -> Self:
        """A video to train on."""
        return cls(
            key,
            features,
            gtscore,
            picks=np.empty(0, dtype=np.int64),
            n_frames=0,
            shots=np.empty((0, 2), dtype=np.int64),
            user_summary=np.empty((0, 0), dtype=np.bool_),
            user_scores=np.empty((0, features.shape[0])),
        )

    @property
    def n_picks(self) -> int:
        """T."""
        return self.features.shape[0]

    @property
    def shot_lengths(self) -> npt.NDArray[np.int64]:
        """(S,) how many frames each shot has."""
        lengths: npt.NDArray[np.int64] = self.shots[:, 1] - self.shots[:, 0] + 1
        return lengths
