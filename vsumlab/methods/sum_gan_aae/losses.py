"""SUM-GAN-AAE's own losses. Each gives one number a video (B,)."""

from __future__ import annotations

import torch
from torch import Tensor


def distance_loss(original: Tensor, restored: Tensor) -> Tensor:
    """The distance (B,) between the discriminator's last hidden states (B, H).

    >>> distance_loss(torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 0.0]]))
    tensor([5.])
    """
    distance: Tensor = torch.linalg.vector_norm(original.float() - restored.float(), dim=-1)
    return distance


def label_loss(logits: Tensor, label: float) -> Tensor:
    """The squared distance (B,) of the discriminator's probabilities, by logits (B,), from a label.

    Args:
        logits: (B,), before the sigmoid.
        label: 1 for an original, 0 for what is restored.

    >>> label_loss(torch.tensor([0.0]), label=1.0)
    tensor([0.2500])
    """
    return (torch.sigmoid(logits.float()) - label).square()
