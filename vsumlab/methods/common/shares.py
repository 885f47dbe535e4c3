"""Which of a process's training videos count: each of them once, whatever the sampler deals out."""

from __future__ import annotations

import torch
from torch import Tensor


def dealt_first(n_seen: int, n_videos: int, rank: int, world_size: int, total: int) -> Tensor:
    """Which videos of a process's batch (B,) have been given to no process before, in this epoch.

    The sampler deals out videos in turn, and gives all processes the same number of them: where that does not
    come out even, the first ones for the second time.

    Args:
        n_seen: How many videos the process has had in this epoch.
        n_videos: B, how many it has now.
        rank: Which process it is.
        world_size: Of how many.
        total: How many training videos there are.

    >>> dealt_first(n_seen=1, n_videos=1, rank=0, world_size=2, total=3)
    tensor([True])
    >>> dealt_first(n_seen=1, n_videos=1, rank=1, world_size=2, total=3)
    tensor([False])
    """
    return (n_seen + torch.arange(n_videos)) * world_size + rank < total
