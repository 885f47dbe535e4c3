"""CSNet's losses. Each gives one number a video (B,), so that the length of a video is not its weight."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean of each video's values (B, T) over its own frames, those where the mask (B, T) is true."""
    return (values * mask).sum(dim=-1) / mask.sum(dim=-1)


def masked_median(values: Tensor, mask: Tensor) -> Tensor:
    """The median (B,) of each video's values (B, T); of an even number of frames, the middle two's mean."""
    ordered = values.masked_fill(~mask, float("inf")).sort(dim=-1).values
    lengths = mask.sum(dim=-1, keepdim=True)
    lower, upper = ordered.gather(1, (lengths - 1) // 2), ordered.gather(1, lengths // 2)
    return ((lower + upper) / 2).squeeze(-1)


def score_variance(scores: Tensor, mask: Tensor, centre: Literal["mean", "median"] = "mean") -> Tensor:
    """The mean squared distance of each video's scores from their mean, or from their median (eq. 2)."""
    middle = masked_median(scores, mask) if centre == "median" else masked_mean(scores, mask)
    return masked_mean((scores - middle.unsqueeze(-1)).square(), mask)


def variance_loss(scores: Tensor, mask: Tensor, centre: Literal["mean", "median"], epsilon: float) -> Tensor:
    """1 / (V(p) + epsilon): keeps the scores from becoming flat (eq. 1; with the median, eq. 2).

    Args:
        scores: (B, T) importance scores in [0, 1].
        mask: (B, T) bool, true at a video's own frames.
        centre: What the variance is taken about.
        epsilon: The epsilon of eq. 1.
    """
    return 1 / (score_variance(scores, mask, centre) + epsilon)


def sparsity_loss(scores: Tensor, mask: Tensor, sigma: float) -> Tensor:
    """|mean(p) - sigma|: on average a share sigma of the video is kept (Mahasseni et al. 2017)."""
    return (masked_mean(scores, mask) - sigma).abs()


def reconstruction_loss(original: Tensor, reconstructed: Tensor) -> Tensor:
    """Squared distance between the discriminator's last hidden states (B, H) (Mahasseni et al. 2017)."""
    return (original - reconstructed).square().sum(dim=-1)


def prior_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the latent code's distribution, each (B, H), from a standard normal."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=-1)


def real_loss(logits: Tensor) -> Tensor:
    """Cross entropy (B,) of taking what gave these logits (B,) for an original."""
    return F.softplus(-logits)


def fake_loss(logits: Tensor) -> Tensor:
    """Cross entropy (B,) of taking what gave these logits (B,) for a reconstruction."""
    return F.softplus(logits)


def supervised_loss(scores: Tensor, targets: Tensor, mask: Tensor) -> Tensor:
    """Binary cross entropy between scores and ground-truth scores, both (B, T) in [0, 1]."""
    return masked_mean(F.binary_cross_entropy(scores, targets, reduction="none"), mask)
