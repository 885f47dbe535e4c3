"""Uniform sampling as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.video import Timing
from vsumlab.methods.common.evenly_spaced import middles, share_count
from vsumlab.methods.common.reference import Reference, of_key_frames
from vsumlab.methods.uniform.hyperparameters import UniformHyperparameters


class Uniform(Reference):
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

    def of_frames(self, frames: Tensor, timing: Timing | None) -> Tensor:
        """1 at the middles of equal parts of the video, 0 at all other frames (T,)."""
        n_frames = len(frames)
        return of_key_frames(middles(share_count(self.hyperparameters.share, n_frames), n_frames), n_frames)
