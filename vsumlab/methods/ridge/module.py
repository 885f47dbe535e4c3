"""Ridge regression as a LightningModule: one pass over the training videos, then a step to the solution."""

from __future__ import annotations

from typing import Any, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.methods.common.shapes import scaled_to_unit, z_scores
from vsumlab.methods.common.shares import dealt_first
from vsumlab.methods.ridge.hyperparameters import RidgeHyperparameters
from vsumlab.methods.ridge.regression import centred, fit, second_moments
from vsumlab.methods.summarizer import Summarizer

PARTS = 5
"""Into how many parts training videos are divided, each left out once to choose the penalty."""


class Ridge(Summarizer):
    """Importance as a linear function of a frame's features, fitted to people's mean importance.

    An epoch sums up the videos' second moments. Its last step is down the gradient of half the squared
    distance from the closed-form solution, with a learning rate of 1, and so arrives there.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `RidgeHyperparameters`.

    Attributes:
        weights: (D,).

    Raises:
        UserError: If a penalty makes no sense.
    """

    name = "ridge"
    glossary = (
        ("ridge", "Ridge regression of people's mean importance on frame features: a supervised reference."),
    )
    curves = (
        ("train/squared_error", "Squared error on training videos"),
        ("train/left_out_error", "Squared error on those left out in turn"),
        ("train/penalty", "Penalty"),
    )
    needs_gtscore = True

    hyperparameters: RidgeHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = RidgeHyperparameters(**hyperparameters)
        self.weights = nn.Parameter(torch.zeros(feature_dim))
        # no buffers: those of the first process would be given to all before every step
        self._moments = self._counts = torch.zeros(0)
        self._n_seen = 0  # by this process, in this epoch

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D)."""
        return self.one_by_one(features, lengths)

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """The linear function of one video's unit features (T, D), scaled to [0, 1]."""
        with torch.autocast(features.device.type, enabled=False):
            return {self.name: scaled_to_unit(F.normalize(features.float(), dim=-1) @ self.weights)}

    def on_train_epoch_start(self) -> None:
        """Sums anew."""
        size = len(self.weights) + 1
        self._moments = torch.zeros(PARTS, size, size, dtype=torch.float64, device=self.device)
        self._counts = torch.zeros(PARTS, dtype=torch.float64, device=self.device)
        self._n_seen = 0

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Adds the batch's second moments; half the squared distance from the solution, once it is there."""
        training = cast(VideoDataModule, self.trainer.datamodule).all_training_videos  # type: ignore[attr-defined]
        processes = self.trainer.global_rank, self.trainer.world_size
        counts = dealt_first(self._n_seen, len(batch), *processes, len(training)).tolist()
        self._n_seen += len(batch)
        for key, (frames, importance), counts_once in zip(batch.keys, examples(batch), counts, strict=True):
            if counts_once:
                part = training.index(key) % PARTS
                self._moments[part] += second_moments(frames, importance)
                self._counts[part] += 1
        solution = self.weights.detach()
        if self.trainer.is_last_batch:
            solution = self._solution()
        return (self.weights - solution).square().sum() / 2

    def _solution(self) -> Tensor:
        """The weights (D,), by the sums of all processes."""
        moments, counts = (
            self.trainer.strategy.reduce(sums, reduce_op="sum") for sums in (self._moments, self._counts)
        )
        found = fit(moments, counts, self.hyperparameters.penalties)
        self.log_mean("train/squared_error", found.error, n_videos=1)
        self.log_mean("train/left_out_error", found.left_out_error, n_videos=1)
        self.log_mean("train/penalty", torch.tensor(found.penalty), n_videos=1)
        return found.weights.to(self.weights)

    def validation_losses(self, batch: Batch) -> Tensor:
        """The squared error (B,) on each video's importance as z-scores."""
        errors = [
            (z_scores(importance) - centred(frames) @ self.weights.double()).square().mean()
            for frames, importance in examples(batch)
        ]
        return torch.stack(errors)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Steps as long as their gradients."""
        return torch.optim.SGD([self.weights], lr=1.0)


def examples(batch: Batch) -> list[tuple[Tensor, Tensor]]:
    """Each video's unit features (T, D) and people's mean importance (T,), without padding."""
    assert batch.gtscore is not None  # needs_gtscore: checked before training
    videos = zip(batch.features, batch.gtscore, batch.lengths.tolist(), strict=True)
    return [
        (F.normalize(features[:length].float(), dim=-1), importance[:length])
        for features, importance, length in videos
    ]
