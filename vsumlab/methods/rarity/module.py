"""Importance by how unlike the rest of its video a frame is, as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.video import Timing
from vsumlab.methods.common.rarity import rarity
from vsumlab.methods.common.reference import Reference, of_curve
from vsumlab.methods.rarity.hyperparameters import RarityHyperparameters


class Rarity(Reference):
    """Scores a frame by how few of its video's frames are like it.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `RarityHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "rarity"
    glossary = (("rarity", "How unlike the rest of its video a frame is; nothing is learned."),)

    hyperparameters: RarityHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = RarityHyperparameters(**hyperparameters)

    def of_frames(self, frames: Tensor, timing: Timing | None) -> Tensor:
        """How unlike the frames of the video each frame is, smoothed, as scores (T,) in [0, 1]."""
        found = rarity(frames, frames, self.hyperparameters.sharpness)
        return of_curve(found, self.hyperparameters.smoothing_seconds, timing)
