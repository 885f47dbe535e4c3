"""How a scorer is trained in the VAE-GAN: one step updates scorer and encoder, decoder, discriminator."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.methods.common import losses
from vsumlab.methods.common.adversarial import AdversarialSummarizer, Losses
from vsumlab.methods.common.masked import masked_mean, masked_variance
from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder, sample
from vsumlab.methods.noise import Noise

CURVES = (
    ("train/score_variance", "Variance of scores"),
    ("train/score_mean", "Mean of scores"),
    ("train/summarizer/reconstruction", "Scorer and encoder: reconstruction"),
    ("train/summarizer/prior", "Scorer and encoder: prior"),
    ("train/summarizer/sparsity", "Scorer and encoder: sparsity"),
    ("train/summarizer/supervised", "Scorer and encoder: supervised"),
    ("train/decoder/reconstruction", "Decoder: reconstruction"),
    ("train/decoder/reconstructed_as_original", "Decoder: reconstructions pass for originals"),
    ("train/decoder/uniform_as_original", "Decoder: those of random scores do"),
    ("train/discriminator/original", "Discriminator: originals"),
    ("train/discriminator/reconstructed", "Discriminator: reconstructions"),
    ("train/discriminator/uniform", "Discriminator: those of random scores"),
)
"""What is logged; a method adds its own terms."""


class VAEGANSummarizer(AdversarialSummarizer):
    """A scorer whose scores weight what a VAE-GAN encodes and reconstructs (Mahasseni et al. 2017).

    A subclass makes the four networks and says in `regularization` what else its scores are trained by.
    """

    scorer: nn.Module
    encoder: Encoder
    decoder: Decoder
    discriminator: Discriminator

    @abstractmethod
    def regularization(self, batch: Batch, scores: Tensor, states: Tensor) -> Losses:
        """What the scores are trained by besides the reconstruction, each loss (B,).

        A loss against ground-truth scores is named `supervised`.

        Args:
            batch: B videos, their features `scaled`.
            scores: Their scores (B, T).
            states: The encoder's hidden states (B, T, H) of the weighted features.
        """

    def scaled(self, features: Tensor) -> Tensor:
        """Features (…, D) as all networks read them: as they are, unless a method says otherwise."""
        return features

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.scorer(self.scaled(features), lengths)
        return scores

    def trained_parts(self) -> tuple[Sequence[nn.Module], Sequence[nn.Module], Sequence[nn.Module]]:
        """Scorer and encoder, decoder, discriminator."""
        return (self.scorer, self.encoder), (self.decoder,), (self.discriminator,)

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Updates scorer and encoder, then decoder, then discriminator, each on a graph of its own."""
        summarizer, decoder, discriminator = cast(list[LightningOptimizer], self.optimizers())
        noise = self.noise(batch)
        batch = replace(batch, features=self.scaled(batch.features))
        with self.toggled_optimizer(discriminator):  # once for all three steps: it learns in the last of them
            original = self.discriminator(batch.features, batch.lengths)
        target = original[0].detach()
        with self.toggled_optimizer(summarizer):
            scores = self.scorer(batch.features, batch.lengths)
            self.descend("summarizer", summarizer, self.summarizer_losses(batch, scores, target, noise))
        # detached, not under no_grad: for several sequences, oneDNN's LSTM without gradients is much slower
        codes = self.codes(batch, noise).detach()
        with self.toggled_optimizer(decoder):
            self.descend("decoder", decoder, self.decoder_losses(batch, codes, target))
        fakes = self.decoder(codes, batch.features.shape[1]).detach()
        with self.toggled_optimizer(discriminator):
            terms = self.discriminator_losses(batch, fakes, original[1])
            self.descend("discriminator", discriminator, terms)
        self.log_mean("train/score_mean", masked_mean(scores, batch.mask))
        self.log_mean("train/score_variance", masked_variance(scores, batch.mask))

    def summarizer_losses(self, batch: Batch, scores: Tensor, target: Tensor, noise: Noise) -> Losses:
        """What scorer and encoder are trained by, each loss (B,).

        Args:
            batch: B videos, their features `scaled`, as for all losses and `codes`.
            scores: Their scores (B, T).
            target: The discriminator's last hidden states (B, H) of the originals, to be reconstructed.
            noise: Theirs, for latent codes.
        """
        states = self.encoder.states(batch.features * scores.unsqueeze(-1))
        mean, log_variance = self.encoder.code(states, batch.lengths)
        reconstruction = self.decoder(sample(mean, log_variance, noise), batch.features.shape[1])
        return {
            "reconstruction": losses.reconstruction_loss(
                target, self.discriminator(reconstruction, batch.lengths)[0]
            ),
            "prior": losses.prior_loss(mean, log_variance),
            **self.regularization(batch, scores, states),
        }

    def validation_losses(self, batch: Batch) -> Tensor:
        """Where supervised, the loss against ground-truth scores; else what the scorer is trained by."""
        batch = replace(batch, features=self.scaled(batch.features))
        target = self.discriminator(batch.features, batch.lengths)[0]
        scores = self.scorer(batch.features, batch.lengths)
        terms = self.summarizer_losses(batch, scores, target, self.noise(batch))
        return terms.get("supervised", torch.stack([*terms.values()]).sum(dim=0))

    def codes(self, batch: Batch, noise: Noise) -> Tensor:
        """Latent codes (2B, H): of the videos by their scores, then by uniformly random scores."""
        scores = self.scorer(batch.features, batch.lengths)
        weights = torch.cat([scores, noise.uniform(batch.lengths, scores.shape[1]).to(scores)]).unsqueeze(-1)
        weighted = weights * batch.features.repeat(2, 1, 1)
        mean, log_variance = self.encoder(weighted, batch.lengths.repeat(2))
        return sample(mean, log_variance, noise)

    def decoder_losses(self, batch: Batch, codes: Tensor, target: Tensor) -> Losses:
        """What the decoder is trained by, each loss (B,): to match the originals and to pass for them.

        Args:
            batch: B videos.
            codes: Latent codes (2B, H), as `codes` gives them.
            target: As for `summarizer_losses`.
        """
        fakes = self.decoder(codes, batch.features.shape[1])
        hidden, logits = self.discriminator(fakes, batch.lengths.repeat(2))
        reconstructed, uniform = losses.real_loss(logits).chunk(2)
        return {
            "reconstruction": losses.reconstruction_loss(target, hidden.chunk(2)[0]),
            "reconstructed_as_original": reconstructed,
            "uniform_as_original": uniform,
        }

    def discriminator_losses(self, batch: Batch, fakes: Tensor, original: Tensor) -> Losses:
        """What the discriminator is trained by, each loss (B,): to tell originals from both fakes.

        Args:
            batch: B videos.
            fakes: What the decoder makes (2B, T, D) of the latent codes that `codes` gives.
            original: The discriminator's logits (B,) of the originals.
        """
        _, logits = self.discriminator(fakes, batch.lengths.repeat(2))
        reconstructed, uniform = logits.chunk(2)
        return {
            "original": losses.real_loss(original),
            "reconstructed": losses.fake_loss(reconstructed),
            "uniform": losses.fake_loss(uniform),
        }
