"""The LightningModule that methods share: features in, importance scores out."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
from torch import Tensor

from vsumlab.data.batch import Batch

Scores = dict[str, npt.NDArray[np.float32]]


class Summarizer(pl.LightningModule, ABC):
    """A method: a way to score the importance of frames.

    A subclass says in `forward` how a batch is scored and, where it learns, trains itself by Lightning's own
    `training_step` and `configure_optimizers`; a method without parameters is not trained. Whatever it takes
    besides `feature_dim` stands in its file in `conf/method`. It calls `save_hyperparameters()`, so that its
    checkpoint gives it back.

    Attributes:
        name: What its rows are called in results.
        published_name: What the paper's tables call it as it is configured; None where they do not have it.
        test_scores: After testing, the importance scores (T,) of this process's test videos by their keys;
            after `gather_test_scores`, of all.
    """

    name: str
    published_name: str | None = None

    def __init__(self) -> None:
        super().__init__()
        self.test_scores: Scores = {}

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

    @torch.no_grad()
    def score(self, features: Tensor) -> Tensor:
        """Scores one video: features (T, D) to importance scores (T,) in [0, 1]."""
        lengths = torch.tensor([len(features)], device=self.device)
        scores: Tensor = self(features.to(self.device).unsqueeze(0), lengths)
        return scores[0]

    def on_test_epoch_start(self) -> None:
        """Forgets what an earlier test scored."""
        self.test_scores = {}

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        """Scores the one video of the batch."""
        (key,) = batch.keys
        self.test_scores[key] = self.score(batch.features[0]).cpu().numpy()

    def gather_test_scores(self) -> None:
        """After testing, gives every process the scores of all, also those that had no video to test."""
        if self.trainer.world_size > 1:
            shares: list[Scores] = [{}] * self.trainer.world_size
            torch.distributed.all_gather_object(shares, self.test_scores)
            self.test_scores = {key: scores for share in shares for key, scores in share.items()}
