"""SUM-FCN as a LightningModule: a video sampled to a fixed number of frames, each labelled as key or not."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.methods.common.keyframes import top_frames, top_indices
from vsumlab.methods.common.losses import repelling_loss
from vsumlab.methods.published import PaperRow
from vsumlab.methods.sum_fcn.hyperparameters import SumFCNHyperparameters
from vsumlab.methods.sum_fcn.losses import balanced_cross_entropy, restoration_loss
from vsumlab.methods.sum_fcn.network import FullyConvolutional, Restorer
from vsumlab.methods.sum_fcn.sampling import nearest_places, sampled_picks
from vsumlab.methods.summarizer import Summarizer


class SumFCN(Summarizer):
    """Key frames by a fully convolutional network along time, with labels or without (Rochan et al. 2018).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `SumFCNHyperparameters`.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    name = "sum_fcn"
    glossary = (
        (
            "sum_fcn",
            "Rochan et al., Video Summarization Using Fully Convolutional Sequence Networks, ECCV 2018, "
            "unsupervised: SUM-FCNunsup in the tables of others.",
        ),
        ("sum_fcn_supervised", "The same trained on key frames by ground-truth scores."),
    )
    curves = (
        ("train/diversity", "L_div: likeness of selected frames"),
        ("train/restoration", "L_recon: selected frames restored"),
        ("train/supervised", "L_sum: cross entropy of key frames"),
        ("train/score_mean", "Mean of scores"),
        ("train/score_variance", "Variance of scores"),
    )
    paper_rows = (
        PaperRow("SUM-FCN", "sum_fcn_supervised", "sum_fcn_supervised", {}, differs=True),
        PaperRow("SUM-FCNunsup", "sum_fcn", "sum_fcn", {}, ("SUM-FCNunsup",), differs=True),
    )

    hyperparameters: SumFCNHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = SumFCNHyperparameters(**hyperparameters)
        self.network = FullyConvolutional(feature_dim, chosen.hidden_size, chosen.dropout)
        self.restorer = Restorer(feature_dim) if chosen.objective == "diversity" else None

    @property
    def main_scorer(self) -> str:
        """The name, or another one where it is trained on labels."""
        return "sum_fcn_supervised" if self.needs_gtscore else "sum_fcn"

    @property
    def needs_gtscore(self) -> bool:
        """Where it is trained on labels."""
        return self.hyperparameters.objective == "labels"

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D): those of the nearest sampled frames."""
        n_frames = self.hyperparameters.frames
        scores = key_probability(self.network(self._sampled(features, lengths)))
        return scores.gather(1, nearest_places(lengths, n_frames, features.shape[1]))

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the sum of what it is trained by."""
        sampled = self._sampled(batch.features, batch.lengths)
        decoded = self.network(sampled)
        losses = self.losses(batch, sampled, decoded)
        for name, values in losses.items():
            self.log_mean(f"train/{name}", values)
        scores = key_probability(decoded)
        self.log_mean("train/score_mean", scores.mean(dim=-1))
        self.log_mean("train/score_variance", scores.var(dim=-1, correction=0))
        return torch.stack([*losses.values()]).sum(dim=0).mean()

    def validation_losses(self, batch: Batch) -> Tensor:
        """What is trained by, of videos that are not."""
        sampled = self._sampled(batch.features, batch.lengths)
        return torch.stack([*self.losses(batch, sampled, self.network(sampled)).values()]).sum(dim=0)

    def losses(self, batch: Batch, sampled: Tensor, decoded: Tensor) -> dict[str, Tensor]:
        """What the network is trained by, each loss (B,).

        Args:
            batch: B videos.
            sampled: Their features (B, N, D) at the sampled frames.
            decoded: What the network makes of them (B, N, 2).
        """
        share = self.hyperparameters.keyframe_share
        if self.restorer is None:
            assert batch.gtscore is not None  # needs_gtscore: checked before training
            people = batch.gtscore.gather(1, sampled_picks(batch.lengths, self.hyperparameters.frames))
            labels = top_frames(people, torch.ones_like(people, dtype=torch.bool), share)
            return {"supervised": balanced_cross_entropy(decoded, labels)}
        selected = top_indices(key_probability(decoded), share).unsqueeze(-1)
        features = sampled.take_along_dim(selected, dim=1)
        restored = self.restorer(decoded.take_along_dim(selected, dim=1), features)
        return {
            "diversity": repelling_loss(restored, torch.ones_like(restored[..., 0], dtype=torch.bool)),
            "restoration": restoration_loss(restored, features),
        }

    def _sampled(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Features (B, T, D) at each video's sampled frames (B, N, D)."""
        picks = sampled_picks(lengths, self.hyperparameters.frames)
        return features.take_along_dim(picks.unsqueeze(-1), dim=1)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """SGD."""
        chosen = self.hyperparameters
        return torch.optim.SGD(self.parameters(), chosen.learning_rate, chosen.momentum)


def key_probability(decoded: Tensor) -> Tensor:
    """The share (B, T) in [0, 1] that the network's numbers (B, T, 2) give to a frame's being key."""
    return decoded.float().softmax(dim=-1)[..., 1]
