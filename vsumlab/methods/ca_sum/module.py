"""CA-SUM as a LightningModule: the mean of its scores is all that it is trained by."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.methods.ca_sum.hyperparameters import CASumHyperparameters
from vsumlab.methods.ca_sum.network import Network
from vsumlab.methods.common.losses import sparsity_loss
from vsumlab.methods.published import PaperRow
from vsumlab.methods.summarizer import Summarizer


class CASum(Summarizer):
    """CA-SUM (Apostolidis et al. 2022), trained without labels.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `CASumHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "ca_sum"
    glossary = (
        (
            "ca_sum",
            "Apostolidis et al., Summarizing Videos using Concentrated Attention and Considering the "
            "Uniqueness and Diversity of the Video Frames, ICMR 2022.",
        ),
    )
    curves = (("train/length", "Distance of the mean score from sigma"),)
    paper_rows = (PaperRow("CA-SUM", "ca_sum", "ca_sum", {}),)

    hyperparameters: CASumHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = CASumHyperparameters(**hyperparameters)
        self.network = Network(feature_dim, chosen.block_size, chosen.dropout)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        return self.one_by_one(features, lengths)

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """Importance scores (T,) of one video (T, D)."""
        return {self.main_scorer: self.network(features)}

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The sum over videos of how far their mean score is from sigma."""
        losses = self.validation_losses(batch)
        self.log_mean("train/length", losses)
        return losses.sum()

    def validation_losses(self, batch: Batch) -> Tensor:
        """How far each video's mean score is from sigma (B,)."""
        scores = self(batch.features, batch.lengths)
        return sparsity_loss(scores, batch.mask, self.hyperparameters.sigma)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        chosen = self.hyperparameters
        return torch.optim.Adam(self.parameters(), lr=chosen.learning_rate, weight_decay=chosen.weight_decay)
