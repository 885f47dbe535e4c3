"""Losses that several methods share. Each gives one number a video (B,), so that no video weighs more."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.masked import masked_mean


def sparsity_loss(scores: Tensor, mask: Tensor, sigma: float) -> Tensor:
    """|mean(p) - sigma|: on average a share sigma of the video is kept (Mahasseni et al. 2017).

    Args:
        scores: (B, T) importance scores in [0, 1].
        mask: (B, T) bool, true at a video's own frames.
        sigma: In (0, 1).

    >>> sparsity_loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[True, True]]), sigma=0.25)
    tensor([0.2500])
    """
    return (masked_mean(scores, mask) - sigma).abs()


def reconstruction_loss(original: Tensor, reconstructed: Tensor) -> Tensor:
    """Squared distance (B,) between the discriminator's last hidden states (B, H) (Mahasseni et al. 2017).

    >>> reconstruction_loss(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 0.0]]))
    tensor([5.])
    """
    return (original - reconstructed).square().sum(dim=-1)


def prior_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence (B,) of a Gaussian, mean and log-variance (B, H), from the standard one.

    >>> prior_loss(torch.tensor([[1.0]]), torch.tensor([[0.0]]))
    tensor([0.5000])
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=-1)


def real_loss(logits: Tensor) -> Tensor:
    """Cross entropy (B,) of taking what gave these logits (B,) for an original.

    >>> real_loss(torch.tensor([0.0]))
    tensor([0.6931])
    """
    return F.softplus(-logits)


def fake_loss(logits: Tensor) -> Tensor:
    """Cross entropy (B,) of taking what gave these logits (B,) for a reconstruction.

    >>> fake_loss(torch.tensor([0.0]))
    tensor([0.6931])
    """
    return F.softplus(logits)


def repelling_loss(vectors: Tensor, mask: Tensor) -> Tensor:
    """The mean cosine (B,) of two different frames of a video (Mahasseni et al. 2017).

    In O(T), by the square of the sum of unit vectors; 0 for a single frame.

    Args:
        vectors: (B, T, H), one a frame.
        mask: (B, T) bool, true at the frames that are compared.

    >>> vectors = torch.tensor([[[1.0, 0.0], [2.0, 0.0], [0.0, 3.0]]])
    >>> repelling_loss(vectors, torch.tensor([[True, True, True]]))
    tensor([0.3333])
    """
    units = F.normalize(vectors.float(), dim=-1) * mask.unsqueeze(-1)
    with_itself = units.square().sum(dim=(1, 2))
    count = mask.sum(dim=-1)
    return (units.sum(dim=1).square().sum(dim=-1) - with_itself) / (count * (count - 1)).clamp(min=1)


def supervised_loss(scores: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Binary cross entropy (B,) between scores and ground-truth scores, both (B, T) in [0, 1].

    In float32 also under autocast, which refuses this function on CUDA.

    >>> supervised_loss(torch.tensor([[0.5, 0.9]]), torch.tensor([[1.0, 0.0]]), torch.tensor([[True, False]]))
    tensor([0.6931])
    """
    with torch.autocast(scores.device.type, enabled=False):
        entropy = F.binary_cross_entropy(scores.float(), targets.float(), reduction="none")
    return masked_mean(entropy, mask)


def squared_error_loss(scores: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Mean squared difference (B,) of scores and ground-truth scores, both (B, T) in [0, 1].

    >>> scores, targets = torch.tensor([[0.5, 0.9]]), torch.tensor([[1.0, 0.0]])
    >>> squared_error_loss(scores, targets, torch.tensor([[True, False]]))
    tensor([0.2500])
    """
    return masked_mean((scores.float() - targets.float()).square(), mask)
