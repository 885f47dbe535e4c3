"""What methods with a discriminator share: three optimizers that step in turn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim import Optimizer

from vsumlab.methods.common.adam import adam
from vsumlab.methods.summarizer import Summarizer

Losses = dict[str, Tensor]


class AdversarialHyperparameters(Protocol):
    """What the hyper-parameters of such a method have in common."""

    @property
    def learning_rate(self) -> float:
        """Of all but the discriminator (Adam)."""

    @property
    def discriminator_learning_rate(self) -> float:
        """Of the discriminator (Adam)."""

    @property
    def gradient_clip(self) -> float:
        """The norm that each of the three gradients is clipped to."""


class AdversarialSummarizer(Summarizer):
    """A method with an optimizer each for what scores and encodes, what decodes, and what discriminates."""

    find_unused_parameters = True  # three optimizers, so no backward pass reaches all parameters

    hyperparameters: AdversarialHyperparameters

    def __init__(self) -> None:
        super().__init__()
        self.automatic_optimization = False

    @abstractmethod
    def trained_parts(self) -> tuple[Sequence[nn.Module], Sequence[nn.Module], Sequence[nn.Module]]:
        """What each of the three optimizers trains: the discriminator's is the last."""

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """One Adam for each part."""
        return self.adams()

    def adams(self) -> list[Optimizer]:
        """One Adam for each part, the discriminator's with a learning rate of its own."""
        chosen = self.hyperparameters
        rates = (chosen.learning_rate, chosen.learning_rate, chosen.discriminator_learning_rate)
        return [
            adam([parameter for module in modules for parameter in module.parameters()], rate)
            for modules, rate in zip(self.trained_parts(), rates, strict=True)
        ]

    def descend(self, part: str, optimizer: LightningOptimizer, terms: Losses) -> None:
        """One clipped step down the sum of some losses, each a mean over the batch's videos."""
        optimizer.zero_grad()
        self.manual_backward(torch.stack([term.mean() for term in terms.values()]).sum())
        clip = self.hyperparameters.gradient_clip
        self.clip_gradients(optimizer.optimizer, clip, gradient_clip_algorithm="norm")
        optimizer.step()
        for name, term in terms.items():
            self.log_mean(f"train/{part}/{name}", term)
