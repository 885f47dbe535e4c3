"""How large features are when the networks read them: at unit length their components are near 0."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def unit_rms(features: Tensor) -> Tensor:
    """Scales each frame of (…, D) to a root mean square of 1; a frame of zeros stays one.

    >>> unit_rms(torch.tensor([[0.3, 0.4], [0.0, 0.0]])).square().mean(dim=-1)
    tensor([1., 0.])
    """
    return F.normalize(features, dim=-1) * math.sqrt(features.shape[-1])


class Standardization(nn.Module):
    """Each of D dimensions with mean 0 and standard deviation 1 over the training videos' frames.

    The statistics are buffers, so checkpoints keep them.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, feature_dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(feature_dim))
        self.register_buffer("deviation", torch.ones(feature_dim))

    def learn(self, videos: Iterable[Tensor]) -> None:
        """Takes the statistics of videos (T, D), one at a time; a constant dimension is centred alone."""
        n_frames = 0
        total, squares = torch.zeros(2, len(self.mean), dtype=torch.float64)
        for video in videos:
            frames = video.double()
            n_frames += len(frames)
            total += frames.sum(dim=0)
            squares += frames.square().sum(dim=0)
        mean = total / n_frames
        deviation = (squares / n_frames - mean.square()).clamp(min=0).sqrt()
        self.mean.copy_(mean)
        self.deviation.copy_(deviation.where(deviation > 1e-6, 1.0))

    def forward(self, features: Tensor) -> Tensor:
        """Features (…, D), standardized."""
        return (features - self.mean) / self.deviation
