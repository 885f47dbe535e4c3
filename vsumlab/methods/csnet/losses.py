"""CSNet's own loss, which keeps scores from becoming flat. One number a video (B,)."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

from vsumlab.methods.common.masked import masked_variance


def variance_loss(scores: Tensor, mask: Tensor, centre: Literal["mean", "median"], epsilon: float) -> Tensor:
    """1 / (V(p) + epsilon): keeps the scores from becoming flat (eq. 1; with the median, eq. 2).

    Args:
        scores: (B, T) importance scores in [0, 1].
        mask: (B, T) bool, true at a video's own frames.
        centre: What the variance is taken about.
        epsilon: The epsilon of eq. 1.

    >>> import torch
    >>> scores, mask = torch.tensor([[0.0, 1.0]]), torch.tensor([[True, True]])
    >>> variance_loss(scores, mask, "median", epsilon=0.0)
    tensor([4.])
    """
    return 1 / (masked_variance(scores, mask, centre) + epsilon)
