"""CSNet in its VAE-GAN as a LightningModule: one step updates scorer and encoder, decoder, discriminator."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import MultiStepLR

from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.quantization import as_floats
from vsumlab.methods.common import losses
from vsumlab.methods.common.masked import masked_mean, masked_variance
from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder, sample
from vsumlab.methods.csnet.hyperparameters import CSNetHyperparameters
from vsumlab.methods.csnet.losses import variance_loss
from vsumlab.methods.csnet.paper_rows import PAPER_ROWS
from vsumlab.methods.csnet.scaling import Standardization, unit_rms
from vsumlab.methods.csnet.scorer import Scorer
from vsumlab.methods.explanation import NOTHING, Explanation
from vsumlab.methods.summarizer import Summarizer

Losses = dict[str, Tensor]


class CSNet(Summarizer):
    """CSNet-GAN (Jung et al. 2019); with every switch off, its SUM-GAN baseline (table 2, row 1).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `CSNetHyperparameters`.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    name = "csnet"
    glossary = (
        (
            "csnet",
            "Jung et al., Discriminative Feature Learning for Unsupervised Video Summarization, AAAI 2019.",
        ),
        (
            "csnet_unscaled",
            "The same with features as in the file, and a difference attention whose weights start with "
            "either sign.",
        ),
    )
    curves = (
        ("train/score_variance", "Variance of scores"),
        ("train/score_mean", "Mean of scores"),
        ("train/summarizer/reconstruction", "Scorer and encoder: reconstruction"),
        ("train/summarizer/prior", "Scorer and encoder: prior"),
        ("train/summarizer/sparsity", "Scorer and encoder: sparsity"),
        ("train/summarizer/variance", "Scorer and encoder: variance"),
        ("train/summarizer/supervised", "Scorer and encoder: supervised"),
        ("train/decoder/reconstruction", "Decoder: reconstruction"),
        ("train/decoder/reconstructed_as_original", "Decoder: reconstructions pass for originals"),
        ("train/decoder/uniform_as_original", "Decoder: those of random scores do"),
        ("train/discriminator/original", "Discriminator: originals"),
        ("train/discriminator/reconstructed", "Discriminator: reconstructions"),
        ("train/discriminator/uniform", "Discriminator: those of random scores"),
    )
    paper_rows = PAPER_ROWS
    find_unused_parameters = True  # three optimizers, so no backward pass reaches all parameters

    hyperparameters: CSNetHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = CSNetHyperparameters(**hyperparameters)
        self.automatic_optimization = False
        self.scorer = Scorer(
            feature_dim,
            chosen.hidden_size,
            chosen.divisions,
            chosen.chunk_stride,
            chosen.difference_attention,
            chosen.difference_start == "nonnegative",
            chosen.difference_scale == "unit",
        )
        self.standardization = Standardization(feature_dim) if chosen.input_scale == "standardized" else None
        self.encoder = Encoder(feature_dim, chosen.hidden_size)
        self.decoder = Decoder(chosen.hidden_size, feature_dim)
        self.discriminator = Discriminator(feature_dim, chosen.hidden_size)

    @property
    def main_scorer(self) -> str:
        """The name, or another one where it is supervised."""
        return "csnet_supervised" if self.hyperparameters.supervised else "csnet"

    @property
    def needs_gtscore(self) -> bool:
        """Where it is supervised."""
        return self.hyperparameters.supervised

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.scorer(self.scaled(features), lengths)
        return scores

    def scaled(self, features: Tensor) -> Tensor:
        """Features (…, D) as all networks read them, by `input_scale`."""
        if self.standardization is not None:
            standardized: Tensor = self.standardization(features)
            return standardized
        return unit_rms(features) if self.hyperparameters.input_scale == "rms" else features

    def on_fit_start(self) -> None:
        """Takes the statistics for `input_scale=standardized` from the fold's training videos alone."""
        if self.standardization is not None:
            data = cast(VideoDataModule, self.trainer.datamodule)  # type: ignore[attr-defined]
            self.standardization.learn(as_floats(data.pool.video(key).features) for key in data.fold.train)

    @torch.no_grad()
    def explain(self, features: Tensor, timing: Timing | None = None) -> Explanation:
        """The difference attention d (eq. 11) of one video (T, D), as in fig. 4."""
        if self.scorer.difference_attention is None:
            return NOTHING
        lengths = torch.tensor([len(features)], device=features.device)
        attention = self.scorer.difference_attention(self.scaled(features)[None], lengths)[0]
        return Explanation({"difference attention": attention.float().cpu().numpy()}, {})

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Updates scorer and encoder, then decoder, then discriminator, each on a graph of its own."""
        summarizer, decoder, discriminator = cast(list[LightningOptimizer], self.optimizers())
        batch = replace(batch, features=self.scaled(batch.features))
        with self.toggled_optimizer(discriminator):  # once for all three steps: it learns in the last of them
            original = self.discriminator(batch.features, batch.lengths)
        target = original[0].detach()
        with self.toggled_optimizer(summarizer):
            scores = self.scorer(batch.features, batch.lengths)
            self._descend("summarizer", summarizer, self.summarizer_losses(batch, scores, target))
        # detached, not under no_grad: for several sequences, oneDNN's LSTM without gradients is much slower
        codes = self.codes(batch).detach()
        with self.toggled_optimizer(decoder):
            self._descend("decoder", decoder, self.decoder_losses(batch, codes, target))
        fakes = self.decoder(codes, batch.features.shape[1]).detach()
        with self.toggled_optimizer(discriminator):
            terms = self.discriminator_losses(batch, fakes, original[1])
            self._descend("discriminator", discriminator, terms)
        self.log_mean("train/score_mean", masked_mean(scores, batch.mask))
        self.log_mean("train/score_variance", masked_variance(scores, batch.mask))

    def summarizer_losses(self, batch: Batch, scores: Tensor, target: Tensor) -> Losses:
        """What scorer and encoder are trained by, each loss (B,).

        Args:
            batch: B videos, their features `scaled`, as for all losses and `codes`.
            scores: Their scores (B, T).
            target: The discriminator's last hidden states (B, H) of the originals, to be reconstructed.
        """
        mean, log_variance = self.encoder(batch.features * scores.unsqueeze(-1), batch.lengths)
        reconstruction = self.decoder(sample(mean, log_variance), batch.features.shape[1])
        terms = {
            "reconstruction": losses.reconstruction_loss(
                target, self.discriminator(reconstruction, batch.lengths)[0]
            ),
            "prior": losses.prior_loss(mean, log_variance),
            "sparsity": losses.sparsity_loss(scores, batch.mask, self.hyperparameters.sparsity),
        }
        centre = self.hyperparameters.variance_loss
        if centre != "none":
            epsilon, weight = self.hyperparameters.variance_epsilon, self.hyperparameters.variance_weight
            terms["variance"] = weight * variance_loss(scores, batch.mask, centre, epsilon)
        if self.hyperparameters.supervised:
            assert batch.gtscore is not None  # needs_gtscore: checked before training
            entropy = losses.supervised_loss(scores, batch.gtscore, batch.mask)
            terms["supervised"] = self.hyperparameters.supervised_weight * entropy
        return terms

    def validation_losses(self, batch: Batch) -> Tensor:
        """Where supervised, the loss against ground-truth scores; else what the scorer is trained by."""
        batch = replace(batch, features=self.scaled(batch.features))
        target = self.discriminator(batch.features, batch.lengths)[0]
        terms = self.summarizer_losses(batch, self.scorer(batch.features, batch.lengths), target)
        return terms.get("supervised", torch.stack([*terms.values()]).sum(dim=0))

    def codes(self, batch: Batch) -> Tensor:
        """Latent codes (2B, H): of the videos by their scores, then by uniformly random scores."""
        scores = self.scorer(batch.features, batch.lengths)
        weights = torch.cat([scores, torch.rand_like(scores)]).unsqueeze(-1)
        weighted = weights * batch.features.repeat(2, 1, 1)
        return sample(*self.encoder(weighted, batch.lengths.repeat(2)))

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

    def on_train_epoch_end(self) -> None:
        """Steps the schedules, which manual optimisation leaves to us."""
        for scheduler in cast(list[MultiStepLR], self.lr_schedulers()):
            scheduler.step()

    def configure_optimizers(self) -> tuple[list[Optimizer], list[MultiStepLR]]:
        """One Adam each for scorer and encoder, decoder, discriminator, and the paper's schedule for all."""
        learning_rate = self.hyperparameters.learning_rate
        optimizers = [
            Adam([*self.scorer.parameters(), *self.encoder.parameters()], learning_rate),
            Adam(self.decoder.parameters(), learning_rate),
            Adam(self.discriminator.parameters(), self.hyperparameters.discriminator_learning_rate),
        ]
        milestones, gamma = [self.hyperparameters.decay_epoch], self.hyperparameters.decay_factor
        return list[Optimizer](optimizers), [MultiStepLR(each, milestones, gamma) for each in optimizers]

    def _descend(self, part: str, optimizer: LightningOptimizer, terms: Losses) -> None:
        """One clipped step down the sum of some losses, each a mean over the batch's videos."""
        optimizer.zero_grad()
        self.manual_backward(torch.stack([term.mean() for term in terms.values()]).sum())
        clip = self.hyperparameters.gradient_clip
        self.clip_gradients(optimizer.optimizer, clip, gradient_clip_algorithm="norm")
        optimizer.step()
        for name, term in terms.items():
            self.log_mean(f"train/{part}/{name}", term)
