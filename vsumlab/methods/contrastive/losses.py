"""The losses of the uniqueness filter. Each gives one number a frame (B, T)."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.contrastive.criteria import gaussian_potential
from vsumlab.methods.contrastive.scores import rescaled


def segments(outputs: Tensor, length: int) -> Tensor:
    """The normalised means (B, S, E) of each video's runs of m frames; floor(T/m) of them (sec. 4.4).

    Args:
        outputs: (B, T, E).
        length: m.

    >>> segments(torch.tensor([[[0.0, 2.0], [0.0, 4.0], [1.0, 0.0]]]), length=2)
    tensor([[[0., 1.]]])
    """
    count = outputs.shape[1] // length
    n_videos, _, size = outputs.shape
    runs = outputs[:, : count * length].reshape(n_videos, count, length, size)
    return F.normalize(runs.mean(dim=2), dim=-1)


def uniqueness_loss(refined: Tensor, all_segments: Tensor, with_own: bool, first: int = 0) -> Tensor:
    """L_unique: the log of each frame's mean Gaussian potential (B, T) with the batch's segments (eq. 9).

    Args:
        refined: (B, T, E) unit vectors.
        all_segments: (N, S, E) unit vectors, of N videos, these B among them.
        with_own: False for the paper's mean over the other videos' segments, of which there must be some;
            true for its authors' code: over all.
        first: Which of the N the first of the B videos is.

    >>> refined = torch.tensor([[[1.0, 0.0]], [[0.0, 1.0]]])
    >>> uniqueness_loss(refined, all_segments=refined, with_own=False)
    tensor([[-4.],
            [-4.]])
    """
    n_videos, n_segments, _ = all_segments.shape
    similarity = refined @ all_segments.flatten(0, 1).T
    count = n_videos * n_segments
    if not with_own:
        owner = torch.arange(n_videos, device=refined.device).repeat_interleave(n_segments)
        own = owner == torch.arange(first, first + len(refined), device=refined.device).unsqueeze(-1)
        similarity, count = similarity.masked_fill(own.unsqueeze(1), -math.inf), count - n_segments
    return gaussian_potential(similarity, count)


def filter_loss(logits: Tensor, uniqueness: Tensor, target_range: tuple[float, float]) -> Tensor:
    """L_filter: binary cross entropy (B, T) between H and 1 minus the scaled L_unique (eq. 10).

    Args:
        logits: (B, T), the filter's, before its sigmoid.
        uniqueness: (B, T), L_unique; no gradient flows into it.
        target_range: What L_unique is scaled to: (0, 1) in the paper, (0.25, 0.75) in its authors' code.

    >>> filter_loss(torch.tensor([[0.0, 2.0]]), torch.tensor([[-5.0, -1.0]]), (0.0, 1.0))
    tensor([[0.6931, 2.1269]])
    """
    low, high = target_range
    target = 1 - (low + (high - low) * rescaled(uniqueness.detach()))
    return F.binary_cross_entropy_with_logits(logits, target, reduction="none")
