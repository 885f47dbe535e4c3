"""Videos of equal length for training (sec. 5.3)."""

from __future__ import annotations

import torch
from torch import Tensor

from vsumlab.methods.noise import Noise


def resampled_picks(lengths: Tensor, n_frames: int, noise: Noise) -> Tensor:
    """Which picks of each video are trained on: a sorted random subset, or the nearest where there are fewer.

    Args:
        lengths: (B,) how many picks each video has, at least 1.
        n_frames: How many are wanted.
        noise: The videos', for the subset.

    Returns:
        (B, n_frames) int64, not decreasing.
    """
    order = noise.uniform(lengths, max(int(lengths.max()), n_frames))
    lengths = lengths.unsqueeze(-1)
    places = torch.arange(n_frames, device=lengths.device)
    interpolated = places * lengths // n_frames
    order = order.masked_fill(torch.arange(order.shape[1], device=lengths.device) >= lengths, -1)
    subset = order.topk(n_frames, sorted=False).indices.sort(dim=-1).values
    return torch.where(lengths > n_frames, subset, interpolated)


def at_picks(features: Tensor, picks: Tensor) -> Tensor:
    """Features (B, T, D) at picks (B, n): (B, n, D)."""
    videos = torch.arange(len(picks), device=picks.device).unsqueeze(-1)
    return features[videos, picks]
