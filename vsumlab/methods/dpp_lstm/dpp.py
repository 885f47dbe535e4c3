"""A determinantal point process over the frames of a video: exact, in time that is linear in T.

Its kernel is L = V V^T + ridge I, a row v_t of V for each frame. The ridge gives every subset a probability,
also one of more frames than v_t has numbers, or of equal ones. All determinants and inverses are of K x K
matrices, by Sylvester's and Woodbury's identities, in float64.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def log_likelihood(vectors: Tensor, subset: Tensor, mask: Tensor, ridge: float) -> Tensor:
    """How likely the process draws S: log P(S) = log det(L_S) - log det(L + I).

    Args:
        vectors: (B, T, K) v_t, of which L is made.
        subset: (B, T) bool, S, a video's own frames only.
        mask: (B, T) bool, true at a video's own frames.
        ridge: Above 0.

    Returns:
        (B,) float64, at most 0.

    >>> one, all_frames = torch.tensor([[True, False]]), torch.tensor([[True, True]])
    >>> log_likelihood(torch.zeros(1, 2, 3), one, all_frames, ridge=1.0).exp()
    tensor([0.2500], dtype=torch.float64)
    """
    return log_determinant(vectors, subset, ridge) - log_determinant(vectors, mask, 1 + ridge)


def log_determinant(vectors: Tensor, frames: Tensor, ridge: float) -> Tensor:
    """The log-determinant (B,) of V V^T + ridge I, over some frames (B, T) of each video alone."""
    surplus = (frames.sum(dim=-1) - vectors.shape[-1]).double()
    log_dual: Tensor = torch.linalg.slogdet(dual(vectors, frames, ridge)).logabsdet
    return math.log(ridge) * surplus + log_dual


def marginals(vectors: Tensor, mask: Tensor, ridge: float) -> Tensor:
    """P(t in S) = K_tt of K = L (L + I)^-1: that a frame is in what the process draws.

    Args:
        vectors: (B, T, K) v_t, of which L is made.
        mask: (B, T) bool, true at a video's own frames.
        ridge: Above 0.

    Returns:
        (B, T) float64 in (0, 1); in the padding of no meaning.

    >>> marginals(torch.tensor([[[1.0], [0.0]]]), torch.tensor([[True, True]]), ridge=1.0)
    tensor([[0.6667, 0.5000]], dtype=torch.float64)
    """
    v = vectors.double()
    explained: Tensor = (torch.linalg.solve(dual(vectors, mask, 1 + ridge), v.mT).mT * v).sum(dim=-1)
    return 1 - (1 - explained) / (1 + ridge)


def dual(vectors: Tensor, frames: Tensor, ridge: float) -> Tensor:
    """V^T V + ridge I (B, K, K), float64, of some frames (B, T) of each video alone."""
    v = vectors.double() * frames.unsqueeze(-1)
    identity = torch.eye(v.shape[-1], dtype=v.dtype, device=v.device)
    return v.mT @ v + ridge * identity
