"""Features of videos that tests make, and a method that scores them by one of their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from vsumlab.methods.summarizer import Summarizer
from vsumlab.video.features import VideoFeatures
from vsumlab.video.scorers import Scorer

STEP, FPS = 5, 10.0


class FirstNumber(Summarizer):
    """Scores a frame by the first number of its features."""

    name = "first_number"

    def __init__(self, feature_dim: int, **_: Any) -> None:
        super().__init__()
        self.save_hyperparameters()

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        return features[..., 0].clamp(0, 1)


def first_number(dim: int = 12) -> Scorer:
    """That method, ready to score."""
    return Scorer(FirstNumber(dim).eval(), "the first number")


def seen(scores: npt.ArrayLike, dim: int = 12) -> VideoFeatures:
    """Features whose first numbers are scores, of 10 frames a second; other scores look different."""
    first = np.asarray(scores, np.float32)
    features = np.zeros((len(first), dim), np.float32)
    features[:, 0] = first
    features[np.arange(len(first)), 1 + np.rint(first * 10).astype(int)] = np.sqrt(1 - first**2)
    picks = np.arange(len(first)) * STEP
    return VideoFeatures(features, picks, len(first) * STEP, FPS, (), 1.0, 2.0)


def seen_at(seed: int, n_picks: int, dim: int) -> VideoFeatures:
    """Random features of unit length."""
    features = torch.nn.functional.normalize(
        torch.rand(n_picks, dim, generator=torch.Generator().manual_seed(seed)), dim=1
    )
    picks = np.arange(n_picks) * STEP
    return VideoFeatures(features.numpy(), picks, n_picks * STEP, FPS, (), 1.0, 2.0)
