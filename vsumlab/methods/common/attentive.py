"""What methods with attention share: a network that scores one video at a time, trained by Adam."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor, nn

from vsumlab.core.video import Timing
from vsumlab.methods.common.adam import adam
from vsumlab.methods.summarizer import Summarizer


class AttentiveHyperparameters(Protocol):
    """What the hyper-parameters of such a method have in common."""

    @property
    def learning_rate(self) -> float:
        """Of all weights (Adam)."""

    @property
    def weight_decay(self) -> float:
        """Of all weights (Adam)."""


class AttentiveSummarizer(Summarizer):
    """A method whose network makes importance scores (T,) of one video (T, D).

    A subclass makes the network and says what it is trained by.
    """

    network: nn.Module
    hyperparameters: AttentiveHyperparameters

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        return self.one_by_one(features, lengths)

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """Importance scores (T,) of one video (T, D)."""
        return {self.main_scorer: self.network(features)}

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        chosen = self.hyperparameters
        return adam(self.parameters(), chosen.learning_rate, chosen.weight_decay)
