"""VASNet as a LightningModule, trained on ground-truth scores."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.methods.common.attentive import AttentiveSummarizer
from vsumlab.methods.common.losses import squared_error_loss
from vsumlab.methods.common.regressor import AttendedRegressor
from vsumlab.methods.published import PaperRow
from vsumlab.methods.vasnet.hyperparameters import VASNetHyperparameters
from vsumlab.methods.vasnet.network import SoftAttention
from vsumlab.methods.vasnet.targets import stretched


class VASNet(AttentiveSummarizer):
    """VASNet (Fajtl et al. 2018).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `VASNetHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "vasnet"
    glossary = (
        (
            "vasnet",
            "Fajtl et al., Summarizing Videos with Attention, ACCV 2018 workshops. Trained on ground-truth "
            "scores.",
        ),
    )
    curves = (("train/error", "Squared error of scores"),)
    paper_rows = (PaperRow("VASNet", "vasnet", "vasnet", {}, ("VASNet",)),)
    needs_gtscore = True

    hyperparameters: VASNetHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = VASNetHyperparameters(**hyperparameters)
        attention = SoftAttention(feature_dim, chosen.scale, chosen.transposed, chosen.dropout)
        self.network = AttendedRegressor(attention, feature_dim, chosen.dropout)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the squared error of their scores."""
        losses = self.validation_losses(batch)
        self.log_mean("train/error", losses)
        return losses.mean()

    def validation_losses(self, batch: Batch) -> Tensor:
        """The squared error (B,) of each video's scores, from ground-truth scores stretched to [0, 1]."""
        assert batch.gtscore is not None  # needs_gtscore: checked before training
        scores = self(batch.features, batch.lengths)
        return squared_error_loss(scores, stretched(batch.gtscore, batch.mask), batch.mask)
