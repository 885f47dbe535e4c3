"""vsLSTM as a LightningModule: a bidirectional LSTM learns people's scores."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.methods.common.adam import adam
from vsumlab.methods.common.frame_context import FrameContext, one_hidden_layer
from vsumlab.methods.common.losses import squared_error_loss
from vsumlab.methods.published import PaperRow
from vsumlab.methods.summarizer import Summarizer
from vsumlab.methods.vs_lstm.hyperparameters import VSLSTMHyperparameters


class VSLSTM(Summarizer):
    """vsLSTM (Zhang et al. 2016): importance by regression on ground-truth scores.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `VSLSTMHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "vs_lstm"
    glossary = (
        (
            "vs_lstm",
            "vsLSTM of Zhang et al., Video Summarization with Long Short-term Memory, ECCV 2016: a "
            "bidirectional LSTM trained on people's scores.",
        ),
    )
    curves = (("train/squared_error", "Squared error"),)
    paper_rows = (PaperRow("vsLSTM", "vs_lstm", "vs_lstm", {}, ("Bi-LSTM",), differs=True),)
    needs_gtscore = True

    hyperparameters: VSLSTMHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = VSLSTMHyperparameters(**hyperparameters)
        self.context = FrameContext(feature_dim, chosen.hidden_size)
        self.importance = one_hidden_layer(self.context.size, chosen.hidden_size, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores y (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.importance(self.context(features, lengths)).squeeze(-1).float().sigmoid()
        return scores

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the squared error."""
        losses = self.validation_losses(batch)
        self.log_mean("train/squared_error", losses)
        return losses.mean()

    def validation_losses(self, batch: Batch) -> Tensor:
        """The squared error (B,) against ground-truth scores."""
        assert batch.gtscore is not None  # needs_gtscore: checked before training
        return squared_error_loss(self(batch.features, batch.lengths), batch.gtscore, batch.mask)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return adam(self.parameters(), self.hyperparameters.learning_rate)
