"""How the linear maps of VASNet, and of the methods after it, start."""

from __future__ import annotations

import math

from torch import nn

BIAS = 0.1


def xavier_linear(inputs: int, outputs: int, bias: bool = True, parts: int = 1) -> nn.Linear:
    """A linear map that starts by Xavier's rule, uniform with a gain of sqrt(2), and with biases of 0.1.

    Args:
        inputs: How many numbers it reads.
        outputs: How many it gives.
        bias: Whether it has biases.
        parts: Of how many maps it is made, such as one a head; each starts by the rule for its own size.
    """
    linear = nn.Linear(inputs, outputs, bias)
    for part in linear.weight.chunk(parts):
        nn.init.xavier_uniform_(part, gain=math.sqrt(2))
    if bias:
        nn.init.constant_(linear.bias, BIAS)
    return linear
