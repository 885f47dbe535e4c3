"""What DR-DSN is trained by. One number a video (B,), in float32 also under autocast."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.masked import masked_mean


def policy_loss(logits: Tensor, actions: Tensor, advantages: Tensor, mask: Tensor) -> Tensor:
    """-1/N sum_n (R_n - b) 1/T sum_t log pi(a_t): its gradient is REINFORCE's, divided by T.

    Args:
        logits: (B, T) of the probabilities of selection.
        actions: (B, N, T) bool, the frames that N episodes selected.
        advantages: (B, N) R_n - b, rewards without the baseline.
        mask: (B, T) bool, true at a video's own frames.

    >>> logits, actions = torch.tensor([[0.0, 0.0]]), torch.tensor([[[True, False]]])
    >>> policy_loss(logits, actions, torch.tensor([[2.0]]), torch.tensor([[True, True]]))
    tensor([1.3863])
    """
    with torch.autocast(logits.device.type, enabled=False):
        surprise = F.binary_cross_entropy_with_logits(
            logits.float().unsqueeze(1).expand(actions.shape), actions.float(), reduction="none"
        )
        return (advantages * masked_mean(surprise, mask.unsqueeze(1))).mean(dim=-1)


def length_loss(scores: Tensor, mask: Tensor, share: float) -> Tensor:
    """(mean(p) - epsilon)^2: on average a share epsilon of the frames is selected (eq. 11).

    Args:
        scores: (B, T) probabilities of selection.
        mask: (B, T) bool, true at a video's own frames.
        share: epsilon, in (0, 1).

    >>> length_loss(torch.tensor([[1.0, 0.0]]), torch.tensor([[True, True]]), share=0.25)
    tensor([0.0625])
    """
    return (masked_mean(scores.float(), mask) - share).square()


def keyframe_loss(logits: Tensor, keyframes: Tensor, mask: Tensor) -> Tensor:
    """-1/T sum of log p_t over the key frames: the likelihood of selecting them, with supervision.

    Args:
        logits: (B, T) of the probabilities of selection.
        keyframes: (B, T) bool.
        mask: (B, T) bool, true at a video's own frames.

    >>> both = torch.tensor([[True, True]])
    >>> keyframe_loss(torch.tensor([[0.0, 9.0]]), torch.tensor([[True, False]]), both)
    tensor([0.3466])
    """
    with torch.autocast(logits.device.type, enabled=False):
        return masked_mean(-F.logsigmoid(logits.float()) * keyframes, mask)
