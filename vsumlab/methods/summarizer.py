"""The LightningModule that methods share: features in, importance scores out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from torch import Tensor

from vsumlab.data.batch import Batch
from vsumlab.data.youtube8m.quantization import dequantize
from vsumlab.errors import UserError
from vsumlab.methods.explanation import NOTHING, Explanation

Scores = dict[str, npt.NDArray[np.float32]]
"""Importance scores (T,) of videos by their keys."""


class Summarizer(pl.LightningModule, ABC):
    """A method: a way to score the importance of frames.

    A subclass says in `forward` how a batch is scored and, where it learns, trains itself by Lightning's own
    `training_step` and `configure_optimizers`; a method without parameters is not trained. Whatever it takes
    besides `feature_dim` stands in its file in `conf/method`. It calls `save_hyperparameters()`, so that its
    checkpoint gives it back.

    Attributes:
        name: What it is called in results.
        main_scorer: Which of its scorers `forward` is: its name, unless it has several.
        needs_gtscore: Whether it is trained on ground-truth scores.
        published_names: What the paper's tables call its scorers as it is configured, where they have them.
        test_scores: After testing, each scorer's scores of this process's test videos; after
            `gather_test_scores`, of all.
    """

    name: str
    needs_gtscore: bool = False
    published_names: Mapping[str, str] = {}

    @property
    def main_scorer(self) -> str:
        """See the class."""
        return self.name

    def __init__(self) -> None:
        super().__init__()
        self.test_scores: dict[str, Scores] = {}

    @abstractmethod
    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Scores a batch.

        Args:
            features: (B, T, D) float32, padded at the end.
            lengths: (B,) int64, each video's own number of picks, at least 1.

        Returns:
            (B, T) importance scores in [0, 1]. What stands in the padding is ignored and must not change the
            rest.
        """

    def all_scores(self, features: Tensor) -> dict[str, Tensor]:
        """Scores one video (T, D) by every scorer that the method has: its own name is the only one.

        A method that scores in several ways overrides this: each is a row of the table.
        """
        lengths = torch.tensor([len(features)], device=features.device)
        return {self.name: self(features.unsqueeze(0), lengths)[0]}

    def validation_losses(self, batch: Batch) -> Tensor:
        """What the best epoch is lowest in, (B,) or a mean over the batch's videos.

        A criterion that needs no labels, unless the method is trained on them. A method that learns overrides
        this to be used with `selection=validation`.

        Raises:
            UserError: If the method has none.
        """
        raise UserError(f"selection=validation: {self.name} has no validation_losses: choose selection=last")

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Logs `validation/loss`, the mean over videos."""
        self.log(
            "validation/loss",
            self.validation_losses(batch).mean(),
            batch_size=len(batch),
            sync_dist=True,
        )

    def explain(self, features: Tensor) -> Explanation:
        """What the scores of a video (T, D) are made of, for pictures: nothing, unless a method says so."""
        return NOTHING

    @torch.no_grad()
    def score(self, features: Tensor | npt.ArrayLike) -> Tensor:
        """Scores one video.

        Args:
            features: (T, D), T at least 1, of the network that the method was trained with; numbers of any
                type, in a tensor or an array; bytes are taken for YouTube-8M's.

        Returns:
            (T,) importance scores in [0, 1].

        Raises:
            UserError: If the features are of another shape or not finite.
        """
        tensor = torch.as_tensor(features)
        if tensor.dtype == torch.uint8:
            tensor = dequantize(tensor)
        tensor = tensor.to(self.device, torch.float32)
        feature_dim = self.hparams.get("feature_dim", tensor.shape[-1] if tensor.ndim else 0)
        if tensor.ndim != 2 or tensor.shape[0] < 1 or tensor.shape[1] != feature_dim:
            raise UserError(f"features: found shape {tuple(tensor.shape)}: expected (T, {feature_dim})")
        if not tensor.isfinite().all():
            raise UserError("features: found numbers that are not finite: extract them anew")
        lengths = torch.tensor([len(tensor)], device=self.device)
        scores: Tensor = self(tensor.unsqueeze(0), lengths)
        return scores[0]

    def on_test_epoch_start(self) -> None:
        """Forgets what an earlier test scored."""
        self.test_scores = {}

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Scores the one video of the batch."""
        (key,) = batch.keys
        for scorer, scores in self.all_scores(batch.features[0]).items():
            self.test_scores.setdefault(scorer, {})[key] = scores.cpu().numpy()

    def gather_test_scores(self) -> None:
        """After testing, gives every process the scores of all, also those that had no video to test."""
        if self.trainer.world_size > 1:
            shares: list[dict[str, Scores]] = [{}] * self.trainer.world_size
            torch.distributed.all_gather_object(shares, self.test_scores)
            self.test_scores = {}
            for share in shares:
                for scorer, scores in share.items():
                    self.test_scores.setdefault(scorer, {}).update(scores)
