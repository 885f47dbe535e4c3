"""Importance by how much the picture changes, as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.core.video import Timing
from vsumlab.methods.common.reference import Reference, of_curve, steps
from vsumlab.methods.motion.hyperparameters import MotionHyperparameters


class Motion(Reference):
    """Scores a frame by its distance from the frames before and after it.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `MotionHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "motion"
    glossary = (("motion", "How much a frame differs from those next to it; nothing is learned."),)

    hyperparameters: MotionHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = MotionHyperparameters(**hyperparameters)

    def of_frames(self, frames: Tensor, timing: Timing | None) -> Tensor:
        """How much the picture changes around each frame, smoothed, as scores (T,) in [0, 1]."""
        return of_curve(change(frames), self.hyperparameters.smoothing_seconds, timing)


def change(frames: Tensor) -> Tensor:
    """The mean distance (T,) of each frame (T, D) from the one or two next to it; 0 where there is none.

    >>> change(torch.tensor([[0.0], [1.0], [4.0]]))
    tensor([1., 2., 3.])
    """
    found = steps(frames)
    around, one = F.pad(found, (1, 0)) + F.pad(found, (0, 1)), torch.ones_like(found)
    neighbours = F.pad(one, (1, 0)) + F.pad(one, (0, 1))
    return around / neighbours.clamp(min=1)
