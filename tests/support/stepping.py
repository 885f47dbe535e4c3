"""A method whose every epoch is fixed beforehand."""

from collections.abc import Sequence

import torch

from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.methods.summarizer import Summarizer


class Stepping(Summarizer):
    """Counts its steps, and scores frames by the feature of that number, or by the third one after it.

    Args:
        feature_dim: D.
        losses: What it says of held-out videos, epoch by epoch.
    """

    name = "stepping"

    def __init__(self, feature_dim: int, losses: Sequence[float] = ()) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.losses = losses
        self.steps = torch.nn.Parameter(torch.zeros(()))

    @property
    def scorers(self) -> tuple[str, ...]:
        return ("ahead", "stepping")

    def all_scores(self, features: torch.Tensor, timing: Timing | None = None) -> dict[str, torch.Tensor]:
        step = int(self.steps)
        return {
            "ahead": features[:, (step + 3) % features.shape[1]],
            "stepping": features[:, step % features.shape[1]],
        }

    def forward(self, features: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        return torch.stack([self.all_scores(video)["stepping"] for video in features])

    def training_step(self, batch: Batch, batch_idx: int) -> torch.Tensor:
        return -self.steps

    def validation_losses(self, batch: Batch) -> torch.Tensor:
        return torch.full((len(batch),), self.losses[self.current_epoch])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=1, momentum=1e-9)
