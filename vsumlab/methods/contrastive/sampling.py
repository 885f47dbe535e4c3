"""Videos of equal length for training (sec. 5.3)."""

from __future__ import annotations

import torch
from torch import Tensor


def resampled_picks(lengths: Tensor, n_frames: int) -> Tensor:
    """Which picks of each video are trained on: a sorted random subset, or the nearest where there are fewer.

    Args:
        lengths: (B,) how many picks each video has, at least 1.
        n_frames: How many are wanted.

    Returns:
        (B, n_frames) int64, not decreasing.
    """
    lengths = lengths.unsqueeze(-1)
    places = torch.arange(n_frames, device=lengths.device)
    interpolated = places * lengths // n_frames
    longest = max(int(lengths.max()), n_frames)
    order = torch.rand(len(lengths), longest, device=lengths.device)
    order = order.masked_fill(torch.arange(longest, device=lengths.device) >= lengths, -1)
    subset = order.topk(n_frames, sorted=False).indices.sort(dim=-1).values
    return torch.where(lengths > n_frames, subset, interpolated)


def at_picks(features: Tensor, picks: Tensor) -> Tensor:
    """Features (B, T, D) at picks (B, n): (B, n, D)."""
    videos = torch.arange(len(picks), device=picks.device).unsqueeze(-1)
    return features[videos, picks]
