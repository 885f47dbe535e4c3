"""CA-SUM as a LightningModule: the mean of its scores is all that it is trained by."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.core.process_group import n_processes
from vsumlab.methods.ca_sum.hyperparameters import CASumHyperparameters
from vsumlab.methods.ca_sum.network import ConcentratedAttention
from vsumlab.methods.common.attentive import AttentiveSummarizer
from vsumlab.methods.common.losses import sparsity_loss
from vsumlab.methods.common.regressor import AttendedRegressor
from vsumlab.methods.common.xavier import BIAS
from vsumlab.methods.published import PaperRow


class CASum(AttentiveSummarizer):
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
    paper_rows = (PaperRow("CA-SUM", "ca_sum", "ca_sum", {}, differs=True),)

    hyperparameters: CASumHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = CASumHyperparameters(**hyperparameters)
        attention = ConcentratedAttention(feature_dim, chosen.block_size)
        self.network = AttendedRegressor(attention, feature_dim, chosen.dropout, norm_bias=BIAS)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The sum over videos of how far their mean score is from sigma."""
        losses = self.validation_losses(batch)
        self.log_mean("train/length", losses)
        return losses.sum() * n_processes()  # whose gradients are averaged

    def validation_losses(self, batch: Batch) -> Tensor:
        """How far each video's mean score is from sigma (B,)."""
        scores = self(batch.features, batch.lengths)
        return sparsity_loss(scores, batch.mask, self.hyperparameters.sigma)
