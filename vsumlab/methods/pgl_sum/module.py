"""PGL-SUM as a LightningModule, trained on ground-truth scores."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.core.process_group import n_processes
from vsumlab.methods.common.attentive import AttentiveSummarizer
from vsumlab.methods.common.losses import squared_error_loss
from vsumlab.methods.pgl_sum.hyperparameters import PGLSumHyperparameters
from vsumlab.methods.pgl_sum.network import Network
from vsumlab.methods.published import PaperRow


class PGLSum(AttentiveSummarizer):
    """PGL-SUM (Apostolidis et al. 2021).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `PGLSumHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "pgl_sum"
    glossary = (
        (
            "pgl_sum",
            "Apostolidis et al., Combining Global and Local Attention with Positional Encoding for Video "
            "Summarization, ISM 2021. Trained on ground-truth scores.",
        ),
    )
    curves = (("train/error", "Squared error of scores"),)
    paper_rows = (PaperRow("PGL-SUM", "pgl_sum", "pgl_sum", {}),)
    needs_gtscore = True
    find_unused_parameters = True  # a video of few frames has fewer segments than there are local attentions

    hyperparameters: PGLSumHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = PGLSumHyperparameters(**hyperparameters)
        self.network = Network(feature_dim, chosen.heads, chosen.segments, chosen.local_heads, chosen.dropout)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The sum over videos of the squared error of their scores."""
        losses = self.validation_losses(batch)
        self.log_mean("train/error", losses)
        return losses.sum() * n_processes()  # whose gradients are averaged

    def validation_losses(self, batch: Batch) -> Tensor:
        """The squared error (B,) of each video's scores from the ground-truth scores."""
        assert batch.gtscore is not None  # needs_gtscore: checked before training
        scores = self(batch.features, batch.lengths)
        return squared_error_loss(scores, batch.gtscore, batch.mask)
