"""From criteria to importance scores (eq. 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

NOISE = 1e-5
"""What criteria of frames that look the same may differ by, from rounding in float32."""


def rescaled(values: Tensor) -> Tensor:
    """Scales values (…, T) to [0, 1] over the last axis; constant ones, which tell nothing, to 1.

    >>> rescaled(torch.tensor([[-5.0, -2.0, -1.0], [3.0, 3.0, 3.0]]))
    tensor([[0.0000, 0.7500, 1.0000],
            [1.0000, 1.0000, 1.0000]])
    """
    low, high = values.amin(dim=-1, keepdim=True), values.amax(dim=-1, keepdim=True)
    spread = high - low
    return torch.where(spread > NOISE, (values - low) / spread.clamp_min(NOISE), 1.0)


def importance(
    criteria: Sequence[Tensor],
    magnitude: Literal["exponential", "offset"],
    offset: float,
    smoothing: float,
) -> Tensor:
    """Importance scores of a video (eq. 12): the product of its scaled criteria, p, made positive, smoothed.

    Args:
        criteria: Each (T,), on any scale.
        magnitude: `exponential` for exp(p - 1), `offset` for p + epsilon; the latter over 1 + epsilon, which
            changes neither ranks nor key-shots and keeps scores in [0, 1].
        offset: epsilon.
        smoothing: The standard deviation of the Gaussian in picks.

    Returns:
        (T,) in [0, 1].

    >>> importance([torch.tensor([-5.0, -5.0, -1.0])], "offset", offset=1.0, smoothing=0.1)
    tensor([0.5000, 0.5000, 1.0000])
    """
    product = torch.stack([rescaled(criterion) for criterion in criteria]).prod(dim=0)
    scores = (product - 1).exp() if magnitude == "exponential" else (product + offset) / (1 + offset)
    smoothed = gaussian_filter1d(scores.cpu().numpy(), smoothing)
    return torch.from_numpy(smoothed).to(scores.device).clamp_max(1)  # rounding may go a step beyond
