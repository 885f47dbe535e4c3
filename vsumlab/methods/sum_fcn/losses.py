"""SUM-FCN's own losses. Each gives one number a video (B,)."""

from __future__ import annotations

import torch
from torch import Tensor


def balanced_cross_entropy(decoded: Tensor, labels: Tensor) -> Tensor:
    """L_sum: the mean over frames of -w_c log softmax(decoded)_c, c being a frame's class.

    w_c is the median of the classes' frequencies, divided by the frequency of c: of two classes, the median
    is a half, and both have the same say, however rare key frames are.

    Args:
        decoded: (B, T, 2), the network's numbers for no key frame and for one.
        labels: (B, T) bool, true at key frames, of which each video has some, but not all.

    >>> balanced_cross_entropy(torch.zeros(1, 4, 2), torch.tensor([[True, False, False, False]]))
    tensor([0.6931])
    """
    log_shares = decoded.float().log_softmax(dim=-1)
    entropy = -torch.where(labels, log_shares[..., 1], log_shares[..., 0])
    key_share = labels.float().mean(dim=-1, keepdim=True)
    weights = 0.5 / torch.where(labels, key_share, 1 - key_share)
    return (weights * entropy).mean(dim=-1)


def restoration_loss(restored: Tensor, features: Tensor) -> Tensor:
    """L_recon: the mean over K frames of the squared distance of restored features from their own (B, K, D).

    >>> restoration_loss(torch.tensor([[[1.0, 2.0], [0.0, 0.0]]]), torch.zeros(1, 2, 2))
    tensor([2.5000])
    """
    return (restored.float() - features.float()).square().sum(dim=-1).mean(dim=-1)
