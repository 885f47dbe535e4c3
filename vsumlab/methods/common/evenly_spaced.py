"""Frames of a video that are evenly spaced, and how many a share of them is."""

from __future__ import annotations

import torch
from torch import Tensor

CLUSTERED = 4000
"""How many frames, evenly spaced, are clustered where a video has more: a matrix of 128 MB at most."""


def evenly(vectors: Tensor, count: int) -> Tensor:
    """At most so many of (N, D), evenly spaced.

    >>> evenly(torch.arange(6.0), 3)
    tensor([0., 2., 4.])
    """
    n = len(vectors)
    return vectors if n <= count else vectors[torch.arange(count, device=vectors.device) * n // count]


def share_count(share: float, n_frames: int) -> int:
    """A share of a video's frames as a number, at least 1.

    >>> share_count(0.02, 470), share_count(0.02, 3)
    (9, 1)
    """
    return max(1, round(share * n_frames))


def middles(count: int, n_frames: int) -> Tensor:
    """The middles (count,) of so many equal parts of a video, the later of two; count is at most n_frames.

    >>> middles(3, 9), middles(1, 4)
    (tensor([1, 4, 7]), tensor([2]))
    """
    return (2 * torch.arange(count) + 1) * n_frames // (2 * count)


def at_even_steps(candidates: Tensor, wanted: Tensor) -> Tensor:
    """As many (B, 1) of each video's candidates (B, T), bool, as are wanted, at even steps among them.

    >>> at_even_steps(torch.ones(1, 6, dtype=torch.bool), torch.tensor([[2]]))
    tensor([[False,  True, False, False,  True, False]])
    """
    count = candidates.sum(dim=-1, keepdim=True).clamp(min=1)
    places = candidates.cumsum(dim=-1)
    passed = (places * wanted + count // 2) // count  # how many were taken up to here
    return candidates & (passed > ((places - 1) * wanted + count // 2) // count)


def frames_to_cluster(n_frames: int) -> Tensor:
    """Which of a video's frames are clustered: all, or CLUSTERED of them."""
    return evenly(torch.arange(n_frames), CLUSTERED)
