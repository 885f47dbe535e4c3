"""Means, medians and variances of padded batches, one number a video."""

from __future__ import annotations

from typing import Literal

from torch import Tensor


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """The mean (B,) of each video's values (B, T) over its own frames, those where the mask (B, T) is true.

    >>> import torch
    >>> masked_mean(torch.tensor([[1.0, 3.0, 9.0]]), torch.tensor([[True, True, False]]))
    tensor([2.])
    """
    return (values * mask).sum(dim=-1) / mask.sum(dim=-1)


def masked_median(values: Tensor, mask: Tensor) -> Tensor:
    """The median (B,) of each video's values (B, T); of an even number of frames, the middle two's mean.

    >>> import torch
    >>> masked_median(torch.tensor([[1.0, 3.0, 9.0]]), torch.tensor([[True, True, False]]))
    tensor([2.])
    """
    ordered = values.masked_fill(~mask, float("inf")).sort(dim=-1).values
    lengths = mask.sum(dim=-1, keepdim=True)
    lower, upper = ordered.gather(1, (lengths - 1) // 2), ordered.gather(1, lengths // 2)
    return ((lower + upper) / 2).squeeze(-1)


def masked_variance(values: Tensor, mask: Tensor, centre: Literal["mean", "median"] = "mean") -> Tensor:
    """The mean squared distance (B,) of each video's values (B, T) from their mean, or from their median.

    >>> import torch
    >>> values, mask = torch.tensor([[0.0, 0.0, 3.0]]), torch.tensor([[True, True, True]])
    >>> masked_variance(values, mask), masked_variance(values, mask, "median")
    (tensor([2.]), tensor([3.]))
    """
    middle = masked_median(values, mask) if centre == "median" else masked_mean(values, mask)
    return masked_mean((values - middle.unsqueeze(-1)).square(), mask)
