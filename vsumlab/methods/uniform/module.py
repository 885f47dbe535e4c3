"""Uniform sampling as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.methods.common.evenly_spaced import middles, share_count
from vsumlab.methods.common.reference import KeyFrameReference
from vsumlab.methods.uniform.hyperparameters import UniformHyperparameters


class Uniform(KeyFrameReference):
    """Takes a frame every so many, whatever they show.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `UniformHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "uniform"
    glossary = (("uniform", "A key frame every so many frames, whatever they show; nothing is learned."),)

    hyperparameters: UniformHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = UniformHyperparameters(**hyperparameters)

    def key_frames(self, frames: Tensor) -> Tensor:
        """The middles (K,) of equal parts of a video (T, D)."""
        return middles(share_count(self.hyperparameters.share, len(frames)), len(frames))
