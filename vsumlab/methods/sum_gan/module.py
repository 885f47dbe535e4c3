"""SUM-GAN as a LightningModule: a scorer in its VAE-GAN, and the three ways to regularize its scores."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.methods.common import losses
from vsumlab.methods.common.adversarial import Losses
from vsumlab.methods.common.lstm_scorer import LSTMScorer
from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder
from vsumlab.methods.common.vae_gan_training import CURVES, VAEGANSummarizer
from vsumlab.methods.published import PaperRow
from vsumlab.methods.sum_gan.hyperparameters import SumGANHyperparameters

SCORERS = {"length": "sum_gan", "repelling": "sum_gan_rep", "labels": "sum_gan_supervised"}
"""What the method is called by how its scores are regularized."""


class SumGAN(VAEGANSummarizer):
    """Scores by which a VAE-GAN restores what passes for the whole video (Mahasseni et al. 2017).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `SumGANHyperparameters`.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    name = "sum_gan"
    glossary = (
        (
            "sum_gan",
            "Mahasseni et al., Unsupervised Video Summarization with Adversarial LSTM Networks, CVPR 2017, "
            "with the regularization of the summary's length.",
        ),
        ("sum_gan_rep", "The same with their repelling regularizer in its place."),
        ("sum_gan_supervised", "The same with the loss against ground-truth scores in its place."),
    )
    curves = (*CURVES, ("train/summarizer/repelling", "Scorer and encoder: repelling"))
    paper_rows = (
        PaperRow("SUM-GAN", "sum_gan", "sum_gan", {}, differs=True),
        PaperRow("SUM-GANrep", "sum_gan_rep", "sum_gan_rep", {}, differs=True),
        PaperRow("SUM-GANsup", "sum_gan_supervised", "sum_gan_supervised", {}, ("GANsup",), differs=True),
    )

    hyperparameters: SumGANHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = SumGANHyperparameters(**hyperparameters)
        self.scorer = LSTMScorer(feature_dim, chosen.hidden_size, chosen.layers)
        self.encoder = Encoder(feature_dim, chosen.hidden_size)
        self.decoder = Decoder(chosen.hidden_size, feature_dim)
        self.discriminator = Discriminator(feature_dim, chosen.hidden_size)

    @property
    def main_scorer(self) -> str:
        """By how its scores are regularized."""
        return SCORERS[self.hyperparameters.regularization]

    @property
    def needs_gtscore(self) -> bool:
        """Where they are by labels."""
        return self.hyperparameters.regularization == "labels"

    def regularization(self, batch: Batch, scores: Tensor, states: Tensor) -> Losses:
        """One of the paper's regularizations, (B,)."""
        if self.hyperparameters.regularization == "repelling":
            return {"repelling": losses.repelling_loss(states, batch.mask)}
        if self.hyperparameters.regularization == "labels":
            assert batch.gtscore is not None  # needs_gtscore: checked before training
            return {"supervised": losses.supervised_loss(scores, batch.gtscore, batch.mask)}
        return {"sparsity": losses.sparsity_loss(scores, batch.mask, self.hyperparameters.sparsity)}
