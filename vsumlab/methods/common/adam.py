"""Adam in one pass over the weights."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.optim import Adam


def adam(parameters: Iterable[nn.Parameter], learning_rate: float, weight_decay: float = 0.0) -> Adam:
    """Adam (Kingma & Ba, ICLR 2015, algorithm 1), whose weight decay is a part of the gradient.

    Fused: torch's default goes over weights and moments many times, which on a CPU takes three times as long,
    of a step on one video up to a fifth.
    """
    optimizer = Adam(parameters, learning_rate, weight_decay=weight_decay, fused=True)
    # else a Trainer takes it for unscaling gradients itself, and refuses to clip them in mixed precision
    optimizer._step_supports_amp_scaling = False
    return optimizer
