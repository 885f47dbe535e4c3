"""A method as a user of Lightning writes one: automatic optimization, a schedule, random draws."""

from typing import Any

import torch
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.methods.summarizer import Summarizer


class Scheduled(Summarizer):
    """A linear scorer that is trained on noise, ever more slowly."""

    name = "scheduled"

    def __init__(self, feature_dim: int, **_: Any) -> None:
        super().__init__()
        self.save_hyperparameters("feature_dim")
        self.scorer = nn.Linear(feature_dim, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        scores: Tensor = self.scorer(features).squeeze(-1).sigmoid()
        return scores

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        scores = self(batch.features, batch.lengths)
        loss = (scores - torch.rand_like(scores)).square()[batch.mask].mean()
        self.log_mean("train/loss", loss, len(batch))
        return loss

    def configure_optimizers(self) -> tuple[list[Any], list[Any]]:
        optimizer = torch.optim.Adam(self.parameters(), 0.1)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)]
