"""dppLSTM as a LightningModule: people's scores are learnt, then also a process that draws key frames."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.core.batch import Batch, length_mask
from vsumlab.methods.common.adam import adam
from vsumlab.methods.common.frame_context import FrameContext, one_hidden_layer
from vsumlab.methods.common.keyframes import top_of_each_run
from vsumlab.methods.common.losses import squared_error_loss
from vsumlab.methods.dpp_lstm.dpp import log_likelihood, marginals
from vsumlab.methods.dpp_lstm.hyperparameters import DPPLSTMHyperparameters
from vsumlab.methods.published import PaperRow
from vsumlab.methods.summarizer import Summarizer


class DPPLSTM(Summarizer):
    """dppLSTM (Zhang et al. 2016): importance and unlikeness of frames make a process that draws key frames.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `DPPLSTMHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "dpp_lstm"
    glossary = (
        (
            "dpp_lstm",
            "dppLSTM of Zhang et al., Video Summarization with Long Short-term Memory, ECCV 2016: vs_lstm "
            "with a determinantal point process, which draws key frames that are unlike each other.",
        ),
    )
    curves = (
        ("train/squared_error", "Squared error"),
        ("train/keyframes", "Negative log-likelihood of key frames"),
    )
    paper_rows = (PaperRow("dppLSTM", "dpp_lstm", "dpp_lstm", {}, ("DPP-LSTM", "dppLSTM"), differs=True),)
    needs_gtscore = True
    find_unused_parameters = True  # what makes phi is not reached while the squared error alone is trained by

    hyperparameters: DPPLSTMHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = DPPLSTMHyperparameters(**hyperparameters)
        self.context = FrameContext(feature_dim, chosen.hidden_size)
        self.importance = one_hidden_layer(self.context.size, chosen.hidden_size, 1)
        self.kernel = one_hidden_layer(self.context.size, chosen.hidden_size, chosen.kernel_size)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Probabilities (B, T) that the process draws a frame of a padded batch (B, T, D)."""
        _, vectors = self.process(features, lengths)
        mask = length_mask(lengths, features.shape[1])
        return marginals(vectors, mask, self.hyperparameters.ridge).float().clamp(0, 1)

    def process(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Importance y (B, T), and v_t = y_t phi_t (B, T, K), so that L_tt' = y_t y_t' phi_t phi_t'."""
        with torch.autocast(features.device.type, enabled=False):  # determinants magnify what is rounded
            contexts = self.context(features.float(), lengths)
            importance = self.importance(contexts).sigmoid()
            return importance.squeeze(-1), importance * self.kernel(contexts)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the squared error, then of its sum with the key frames' likelihood."""
        losses = self.losses(batch)
        if self.current_epoch < self.hyperparameters.pretraining_epochs:
            del losses["keyframes"]
        for name, values in losses.items():
            self.log_mean(f"train/{name}", values)
        return torch.stack([*losses.values()]).sum(dim=0).mean()

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The squared error of importance, and the negative log-likelihood of key frames, (B,) each."""
        assert batch.gtscore is not None  # needs_gtscore: checked before training
        importance, vectors = self.process(batch.features, batch.lengths)
        keyframes = top_of_each_run(batch.gtscore, batch.mask, self.hyperparameters.keyframe_share)
        likelihood = log_likelihood(vectors, keyframes, batch.mask, self.hyperparameters.ridge)
        return {
            "squared_error": squared_error_loss(importance, batch.gtscore, batch.mask),
            "keyframes": -likelihood.float(),
        }

    def validation_losses(self, batch: Batch) -> Tensor:
        """The sum (B,) of the two, in every epoch."""
        return torch.stack([*self.losses(batch).values()]).sum(dim=0)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return adam(self.parameters(), self.hyperparameters.learning_rate)
