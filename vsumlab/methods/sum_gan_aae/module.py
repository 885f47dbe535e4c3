"""SUM-GAN-AAE as a LightningModule: one step updates scorer and encoder, decoder, discriminator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.methods.common.adversarial import AdversarialSummarizer, Losses
from vsumlab.methods.common.losses import sparsity_loss
from vsumlab.methods.common.lstm import LSTM
from vsumlab.methods.common.lstm_scorer import LSTMScorer
from vsumlab.methods.common.masked import masked_mean, masked_variance
from vsumlab.methods.common.vae_gan import Discriminator
from vsumlab.methods.published import PaperRow
from vsumlab.methods.sum_gan_aae.hyperparameters import SumGANAAEHyperparameters
from vsumlab.methods.sum_gan_aae.losses import distance_loss, label_loss
from vsumlab.methods.sum_gan_aae.network import AttentionDecoder


class SumGANAAE(AdversarialSummarizer):
    """Scores by which an attention auto-encoder restores a video (Apostolidis et al. 2020).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `SumGANAAEHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "sum_gan_aae"
    glossary = (
        (
            "sum_gan_aae",
            "Apostolidis et al., Unsupervised Video Summarization via Attention-Driven Adversarial Learning, "
            "MMM 2020.",
        ),
    )
    curves = (
        ("train/score_variance", "Variance of scores"),
        ("train/score_mean", "Mean of scores"),
        ("train/summarizer/reconstruction", "Scorer and encoder: reconstruction"),
        ("train/summarizer/sparsity", "Scorer and encoder: sparsity"),
        ("train/decoder/reconstruction", "Decoder: reconstruction"),
        ("train/decoder/restored_as_original", "Decoder: what it restores passes for originals"),
        ("train/discriminator/original", "Discriminator: originals"),
        ("train/discriminator/restored", "Discriminator: what is restored"),
    )
    paper_rows = (PaperRow("SUM-GAN-AAE", "sum_gan_aae", "sum_gan_aae", {}, differs=True),)

    hyperparameters: SumGANAAEHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = SumGANAAEHyperparameters(**hyperparameters)
        self.compression = nn.Linear(feature_dim, chosen.hidden_size)
        self.scorer = LSTMScorer(chosen.hidden_size, chosen.hidden_size, chosen.layers)
        self.encoder = LSTM(chosen.hidden_size, chosen.hidden_size)
        self.decoder = AttentionDecoder(chosen.hidden_size)
        self.discriminator = Discriminator(chosen.hidden_size, chosen.hidden_size)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.scorer(self.compression(features), lengths)
        return scores

    def trained_parts(self) -> tuple[Sequence[nn.Module], Sequence[nn.Module], Sequence[nn.Module]]:
        """Scorer and encoder, decoder, discriminator, and with each of them the compression."""
        return (
            (self.compression, self.scorer, self.encoder),
            (self.compression, self.decoder),
            (self.compression, self.discriminator),
        )

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Updates scorer and encoder, then decoder, then discriminator, each on a graph of its own."""
        summarizer, decoder, discriminator = cast(list[LightningOptimizer], self.optimizers())
        with self.toggled_optimizer(summarizer):
            compressed = self.compression(batch.features)
            scores = self.scorer(compressed, batch.lengths)
            self.descend("summarizer", summarizer, self.summarizer_losses(batch, compressed, scores))
        with self.toggled_optimizer(decoder):
            self.descend("decoder", decoder, self.decoder_losses(batch))
        with self.toggled_optimizer(discriminator):
            self.descend("discriminator", discriminator, self.discriminator_losses(batch))
        self.log_mean("train/score_mean", masked_mean(scores, batch.mask))
        self.log_mean("train/score_variance", masked_variance(scores, batch.mask))

    def summarizer_losses(self, batch: Batch, compressed: Tensor, scores: Tensor) -> Losses:
        """What scorer, encoder and compression are trained by, each loss (B,).

        Args:
            batch: B videos.
            compressed: Their compressed features (B, T, H).
            scores: Their scores (B, T).
        """
        restored = self.restored(compressed, scores, batch.lengths)
        return {
            "reconstruction": distance_loss(*self.judged(compressed, restored, batch.lengths)[0]),
            "sparsity": sparsity_loss(scores, batch.mask, self.hyperparameters.sparsity),
        }

    def decoder_losses(self, batch: Batch) -> Losses:
        """What decoder and compression are trained by, each loss (B,): to match and to pass for originals."""
        compressed = self.compression(batch.features)
        restored = self.restored(compressed, self.scorer(compressed, batch.lengths), batch.lengths)
        hidden, (_, logits) = self.judged(compressed, restored, batch.lengths)
        return {"reconstruction": distance_loss(*hidden), "restored_as_original": label_loss(logits, 1.0)}

    def discriminator_losses(self, batch: Batch) -> Losses:
        """What discriminator and compression are trained by, each loss (B,): to tell originals apart."""
        compressed = self.compression(batch.features)
        restored = self.restored(compressed, self.scorer(compressed, batch.lengths), batch.lengths)
        _, (original, fake) = self.judged(compressed, restored.detach(), batch.lengths)
        return {"original": label_loss(original, 1.0), "restored": label_loss(fake, 0.0)}

    def validation_losses(self, batch: Batch) -> Tensor:
        """What the scorer is trained by."""
        compressed = self.compression(batch.features)
        terms = self.summarizer_losses(batch, compressed, self.scorer(compressed, batch.lengths))
        return torch.stack([*terms.values()]).sum(dim=0)

    def restored(self, compressed: Tensor, scores: Tensor, lengths: Tensor) -> Tensor:
        """What the auto-encoder makes (B, T, H) of compressed features, weighted by their scores (B, T)."""
        states, _ = self.encoder(compressed * scores.unsqueeze(-1))
        restored: Tensor = self.decoder(states, lengths)
        return restored

    def judged(
        self, compressed: Tensor, restored: Tensor, lengths: Tensor
    ) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The discriminator's last hidden states (B, H) of originals and restored, and its logits (B,)."""
        both = torch.cat([compressed, restored.to(compressed)])
        hidden, logits = self.discriminator(both, lengths.repeat(2))
        return hidden.chunk(2), logits.chunk(2)
