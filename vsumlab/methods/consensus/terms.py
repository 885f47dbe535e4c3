"""What a frame is scored by without labels, next to rarity, from unit vectors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def edge_distance(n_frames: int) -> Tensor:
    """How many frames (T,) lie between each one and the nearer end: titles and credits are at the ends.

    >>> edge_distance(5)
    tensor([0., 1., 2., 1., 0.])
    """
    frames = torch.arange(n_frames, dtype=torch.float32)
    return frames.minimum(frames.flip(0))


def shot_continuity(frames: Tensor, shots: Tensor) -> Tensor:
    """How much each frame's shot (T,) is like those around it: minus the mean d2, in [-4, 0].

    Args:
        frames: (T, D) unit vectors.
        shots: (T,) which shot each is in, rising; a shot without frames is passed over.

    Returns:
        The same for all frames of a shot; 0 where there is one shot alone.

    >>> shot_continuity(torch.eye(2)[[0, 0, 1]], torch.tensor([0, 0, 3]))
    tensor([-2., -2., -2.])
    """
    own = shots.to(frames.device)
    _, places, counts = own.unique_consecutive(return_inverse=True, return_counts=True)  # type: ignore[no-untyped-call]
    if len(counts) == 1:
        return frames.new_zeros(len(frames))
    means = F.normalize(frames.new_zeros(len(counts), frames.shape[1]).index_add(0, places, frames), dim=-1)
    steps = (2 - 2 * (means[1:] * means[:-1]).sum(dim=-1)).clamp(min=0)
    around = F.pad(steps, (1, 0)) + F.pad(steps, (0, 1))
    neighbours = torch.full_like(around, 2.0)
    neighbours[[0, -1]] = 1
    return -(around / neighbours)[places]


def covariance(scores: Tensor, frames: Tensor) -> Tensor:
    """1/T sum_t z_t x_t (D,): of z-scores (T,) with features (T, D)."""
    return scores.to(frames.dtype) @ frames / len(frames)
