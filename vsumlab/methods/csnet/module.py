"""CSNet in its VAE-GAN as a LightningModule: its scorer, and what its scores are trained by."""

from __future__ import annotations

from typing import Any, cast

import torch
from pytorch_lightning.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim.lr_scheduler import MultiStepLR

from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.quantization import as_floats
from vsumlab.methods.common import losses
from vsumlab.methods.common.adversarial import Losses
from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder
from vsumlab.methods.common.vae_gan_training import CURVES, VAEGANSummarizer
from vsumlab.methods.csnet.hyperparameters import CSNetHyperparameters
from vsumlab.methods.csnet.losses import variance_loss
from vsumlab.methods.csnet.paper_rows import PAPER_ROWS
from vsumlab.methods.csnet.scaling import Standardization, unit_rms
from vsumlab.methods.csnet.scorer import Scorer
from vsumlab.methods.explanation import NOTHING, Explanation


class CSNet(VAEGANSummarizer):
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
    curves = (*CURVES, ("train/summarizer/variance", "Scorer and encoder: variance"))
    paper_rows = PAPER_ROWS

    hyperparameters: CSNetHyperparameters
    scorer: Scorer

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = CSNetHyperparameters(**hyperparameters)
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

    def scaled(self, features: Tensor) -> Tensor:
        """Features (…, D) as all networks read them, by `input_scale`."""
        if self.standardization is not None:
            standardized: Tensor = self.standardization(features)
            return standardized
        return unit_rms(features) if self.hyperparameters.input_scale == "rms" else features

    def on_fit_start(self) -> None:
        """Takes the statistics for `input_scale=standardized` from the fold's training videos alone."""
        super().on_fit_start()
        if self.standardization is not None:
            data = cast(VideoDataModule, self.trainer.datamodule)  # type: ignore[attr-defined]
            self.standardization.learn(
                as_floats(data.pool.video(key).features) for key in data.all_training_videos
            )

    @torch.no_grad()
    def explain(self, features: Tensor, timing: Timing | None = None) -> Explanation:
        """The difference attention d (eq. 11) of one video (T, D), as in fig. 4."""
        if self.scorer.difference_attention is None:
            return NOTHING
        lengths = torch.tensor([len(features)], device=features.device)
        attention = self.scorer.difference_attention(self.scaled(features)[None], lengths)[0]
        return Explanation({"difference attention": attention.float().cpu().numpy()}, {})

    def regularization(self, batch: Batch, scores: Tensor, states: Tensor) -> Losses:
        """Sparsity and, by the switches, variance and the loss against ground-truth scores, each (B,)."""
        terms = {"sparsity": losses.sparsity_loss(scores, batch.mask, self.hyperparameters.sparsity)}
        centre = self.hyperparameters.variance_loss
        if centre != "none":
            epsilon, weight = self.hyperparameters.variance_epsilon, self.hyperparameters.variance_weight
            terms["variance"] = weight * variance_loss(scores, batch.mask, centre, epsilon)
        if self.hyperparameters.supervised:
            assert batch.gtscore is not None  # needs_gtscore: checked before training
            entropy = losses.supervised_loss(scores, batch.gtscore, batch.mask)
            terms["supervised"] = self.hyperparameters.supervised_weight * entropy
        return terms

    def on_train_epoch_end(self) -> None:
        """Steps the schedules, which manual optimisation leaves to us."""
        for scheduler in cast(list[MultiStepLR], self.lr_schedulers()):
            scheduler.step()

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """One Adam each for scorer and encoder, decoder, discriminator, and the paper's schedule for all."""
        milestones, gamma = [self.hyperparameters.decay_epoch], self.hyperparameters.decay_factor
        optimizers = self.adams()
        return optimizers, [MultiStepLR(each, milestones, gamma) for each in optimizers]
