"""Videos of equal length, and their scores at all frames again."""

from __future__ import annotations

import torch
from torch import Tensor


def sampled_picks(lengths: Tensor, n_frames: int) -> Tensor:
    """Which picks (B, n_frames) of each video are those nearest to evenly spaced places.

    Args:
        lengths: (B,) int64, how many picks each video has, at least 1.
        n_frames: How many are wanted; where a video has fewer, some are there several times.

    >>> sampled_picks(torch.tensor([8, 2]), 4)
    tensor([[1, 3, 5, 7],
            [0, 0, 1, 1]])
    """
    places = torch.arange(n_frames, device=lengths.device)
    return (2 * places + 1) * lengths.unsqueeze(-1) // (2 * n_frames)


def nearest_places(lengths: Tensor, n_frames: int, n_picks: int) -> Tensor:
    """Which of the `n_frames` places of `sampled_picks` is nearest to each pick (B, n_picks).

    >>> nearest_places(torch.tensor([8, 2]), 4, n_picks=8)
    tensor([[0, 0, 1, 1, 2, 2, 3, 3],
            [1, 3, 3, 3, 3, 3, 3, 3]])
    """
    picks = torch.arange(n_picks, device=lengths.device)
    return ((2 * picks + 1) * n_frames // (2 * lengths.unsqueeze(-1))).clamp(max=n_frames - 1)
