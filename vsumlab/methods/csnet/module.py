"""CSNet in its VAE-GAN as a LightningModule: one step updates scorer and encoder, decoder, discriminator."""

from __future__ import annotations

from typing import Literal, cast

import torch
from pytorch_lightning.core.optimizer import LightningOptimizer
from torch import Tensor
from torch.optim import Adam, Optimizer
from torch.optim.lr_scheduler import MultiStepLR

from vsumlab.config import check_positive, check_whole
from vsumlab.data.batch import Batch
from vsumlab.errors import UserError
from vsumlab.methods.csnet import losses
from vsumlab.methods.csnet.adversary import Decoder, Discriminator, Encoder, sample
from vsumlab.methods.csnet.scorer import Scorer
from vsumlab.methods.explanation import NOTHING, Explanation
from vsumlab.methods.summarizer import Summarizer

Losses = dict[str, Tensor]

# what the paper's table 2 switches: chunk and stride, difference attention, variance loss
TABLE_2 = {
    (False, False, "none"): "CSNet1",
    (True, False, "none"): "CSNet2",
    (False, True, "none"): "CSNet3",
    (False, False, "median"): "CSNet4",
    (True, True, "none"): "CSNet5",
    (True, False, "median"): "CSNet6",
    (False, True, "median"): "CSNet7",
    (True, True, "median"): "CSNet",
}


class CSNet(Summarizer):
    """CSNet-GAN (Jung et al. 2019); with every switch off, its SUM-GAN baseline (table 2, row 1).

    Args:
        feature_dim: D, taken from the feature file.
        hidden_size: What features are reduced to for the scorer, and the size of all LSTMs.
        divisions: M of eq. 3 and 4.
        chunk_stride: Score by chunk and stride streams (eq. 3-7), else by one BiLSTM.
        difference_attention: Add difference attention (eq. 8-11).
        variance_loss: About the median (eq. 2), about the mean (eq. 1), or none.
        variance_epsilon: The epsilon of eq. 1.
        sparsity: The share of a video that the sparsity loss wants kept.
        supervised: Add binary cross entropy against the ground-truth scores.
        learning_rate: Of scorer, encoder and decoder (Adam).
        discriminator_learning_rate: Of the discriminator (Adam).
        decay_epoch: After how many epochs the learning rates are multiplied by `decay_factor`.
        decay_factor: See `decay_epoch`.
        gradient_clip: The norm that each of the three gradients is clipped to.

    Raises:
        UserError: If a number or a choice is none that can be meant.
    """

    def __init__(
        self,
        feature_dim: int,
        hidden_size: int,
        divisions: int,
        chunk_stride: bool,
        difference_attention: bool,
        variance_loss: Literal["median", "mean", "none"],
        variance_epsilon: float,
        sparsity: float,
        supervised: bool,
        learning_rate: float,
        discriminator_learning_rate: float,
        decay_epoch: int,
        decay_factor: float,
        gradient_clip: float,
    ) -> None:
        super().__init__()
        if variance_loss not in ("median", "mean", "none"):
            raise UserError(f"method.variance_loss={variance_loss}: expected median, mean or none")
        self.save_hyperparameters()
        check_whole(self.hparams, prefix="method.", hidden_size=1, divisions=1, decay_epoch=1)
        rates = ("learning_rate", "discriminator_learning_rate", "decay_factor")
        sizes = ("variance_epsilon", "sparsity", "gradient_clip")
        check_positive(self.hparams, *rates, *sizes, prefix="method.")
        self.automatic_optimization = False
        self.scorer = Scorer(feature_dim, hidden_size, divisions, chunk_stride, difference_attention)
        self.encoder = Encoder(feature_dim, hidden_size)
        self.decoder = Decoder(hidden_size, feature_dim)
        self.discriminator = Discriminator(feature_dim, hidden_size)
        self.name = "csnet_supervised" if supervised else "csnet"
        self.needs_gtscore = supervised
        row = TABLE_2.get((chunk_stride, difference_attention, variance_loss))
        if (hidden_size, divisions) != (256, 4):
            row = None
        if supervised:
            row = "CSNet_sup" if row == "CSNet" else None
        self.published_names = {self.name: row} if row else {}

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        scores: Tensor = self.scorer(features, lengths)
        return scores

    @torch.no_grad()
    def explain(self, features: Tensor) -> Explanation:
        """The difference attention d (eq. 11) of one video (T, D), as in fig. 4."""
        if self.scorer.difference_attention is None:
            return NOTHING
        lengths = torch.tensor([len(features)], device=features.device)
        attention = self.scorer.difference_attention(features[None], lengths)[0]
        return Explanation({"difference attention": attention.cpu().numpy()}, {})

    def training_step(self, batch: Batch, batch_idx: int) -> None:
        """Updates scorer and encoder, then decoder, then discriminator, each on a graph of its own."""
        summarizer, decoder, discriminator = cast(list[LightningOptimizer], self.optimizers())
        with self.toggled_optimizer(summarizer):
            scores = self(batch.features, batch.lengths)
            self._descend("summarizer", summarizer, self.summarizer_losses(batch, scores))
        with torch.no_grad():
            codes = self.codes(batch)
        with self.toggled_optimizer(decoder):
            self._descend("decoder", decoder, self.decoder_losses(batch, codes))
        with self.toggled_optimizer(discriminator):
            self._descend("discriminator", discriminator, self.discriminator_losses(batch, codes))
        self._log("score_mean", losses.masked_mean(scores.detach(), batch.mask))
        self._log("score_variance", losses.score_variance(scores.detach(), batch.mask))

    def summarizer_losses(self, batch: Batch, scores: Tensor) -> Losses:
        """What scorer and encoder are trained by, each loss (B,)."""
        mean, log_variance = self.encoder(batch.features * scores.unsqueeze(-1), batch.lengths)
        reconstruction = self.decoder(sample(mean, log_variance), batch.features.shape[1])
        terms = {
            "reconstruction": losses.reconstruction_loss(
                self._original(batch), self.discriminator(reconstruction, batch.lengths)[0]
            ),
            "prior": losses.prior_loss(mean, log_variance),
            "sparsity": losses.sparsity_loss(scores, batch.mask, self.hparams["sparsity"]),
        }
        if self.hparams["variance_loss"] != "none":
            terms["variance"] = losses.variance_loss(
                scores, batch.mask, self.hparams["variance_loss"], self.hparams["variance_epsilon"]
            )
        if self.hparams["supervised"]:
            assert batch.gtscore is not None  # needs_gtscore: checked before training
            terms["supervised"] = losses.supervised_loss(scores, batch.gtscore, batch.mask)
        return terms

    def validation_losses(self, batch: Batch) -> Tensor:
        """Where supervised, the loss against ground-truth scores; else what the scorer is trained by."""
        terms = self.summarizer_losses(batch, self(batch.features, batch.lengths))
        return (
            terms["supervised"] if self.hparams["supervised"] else torch.stack([*terms.values()]).sum(dim=0)
        )

    def codes(self, batch: Batch) -> Tensor:
        """Latent codes (2B, H): of the videos by their scores, then by uniformly random scores."""
        scores = self(batch.features, batch.lengths)
        weights = torch.cat([scores, torch.rand_like(scores)]).unsqueeze(-1)
        weighted = weights * batch.features.repeat(2, 1, 1)
        return sample(*self.encoder(weighted, batch.lengths.repeat(2)))

    def decoder_losses(self, batch: Batch, codes: Tensor) -> Losses:
        """What the decoder is trained by, each loss (B,): to match the originals and to pass for them."""
        fakes = self.decoder(codes, batch.features.shape[1])
        hidden, logits = self.discriminator(fakes, batch.lengths.repeat(2))
        reconstructed, uniform = losses.real_loss(logits).chunk(2)
        return {
            "reconstruction": losses.reconstruction_loss(self._original(batch), hidden.chunk(2)[0]),
            "reconstructed_as_original": reconstructed,
            "uniform_as_original": uniform,
        }

    def discriminator_losses(self, batch: Batch, codes: Tensor) -> Losses:
        """What the discriminator is trained by, each loss (B,): to tell originals from both fakes."""
        with torch.no_grad():
            fakes = self.decoder(codes, batch.features.shape[1])
        _, logits = self.discriminator(torch.cat([batch.features, fakes]), batch.lengths.repeat(3))
        original, reconstructed, uniform = logits.chunk(3)
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
        learning_rate = self.hparams["learning_rate"]
        optimizers = [
            Adam([*self.scorer.parameters(), *self.encoder.parameters()], learning_rate),
            Adam(self.decoder.parameters(), learning_rate),
            Adam(self.discriminator.parameters(), self.hparams["discriminator_learning_rate"]),
        ]
        milestones, gamma = [self.hparams["decay_epoch"]], self.hparams["decay_factor"]
        return list[Optimizer](optimizers), [MultiStepLR(each, milestones, gamma) for each in optimizers]

    @torch.no_grad()
    def _original(self, batch: Batch) -> Tensor:
        """The discriminator's last hidden states (B, H) of the originals: what is to be reconstructed."""
        hidden: Tensor = self.discriminator(batch.features, batch.lengths)[0]
        return hidden

    def _descend(self, part: str, optimizer: LightningOptimizer, terms: Losses) -> None:
        """One clipped step down the sum of some losses, each a mean over the batch's videos."""
        optimizer.zero_grad()
        self.manual_backward(torch.stack([term.mean() for term in terms.values()]).sum())
        self.clip_gradients(
            optimizer.optimizer, self.hparams["gradient_clip"], gradient_clip_algorithm="norm"
        )
        optimizer.step()
        for name, term in terms.items():
            self._log(f"{part}/{name}", term.detach())

    def _log(self, name: str, values: Tensor) -> None:
        """Logs the mean over the epoch's videos, and over processes, of a number a video (B,)."""
        self.log(
            f"train/{name}",
            values.mean(),
            on_step=False,
            on_epoch=True,
            batch_size=len(values),
            sync_dist=True,
        )
