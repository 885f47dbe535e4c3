"""What puts a video's numbers on one scale: z-scores, ranks, a Gaussian in seconds."""

from __future__ import annotations

import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

ROUNDING = 1e-5
"""What numbers of frames that look the same may differ by, relative to their size, by rounding."""


def z_scores(values: Tensor) -> Tensor:
    """Values (T,) with mean 0 and standard deviation 1, as float64; constant ones, which tell nothing, as 0.

    >>> z_scores(torch.tensor([1.0, 3.0])).tolist(), z_scores(torch.tensor([7.0, 7.0])).tolist()
    ([-1.0, 1.0], [0.0, 0.0])
    """
    values = values.double()
    deviation = values.std(correction=0)
    if deviation <= ROUNDING * values.abs().max():
        return torch.zeros_like(values)
    return (values - values.mean()) / deviation


def ranks(values: Tensor) -> Tensor:
    """Ranks (T,) in (0, 1) as float64; equal values, to five decimals, share the mean of theirs.

    >>> ranks(torch.tensor([5.0, 1.0, 5.0, 9.0])).tolist()
    [0.5, 0.125, 0.5, 0.875]
    """
    rounded = values.double().round(decimals=5)
    _, places, counts = rounded.unique(return_inverse=True, return_counts=True)  # type: ignore[no-untyped-call]
    middles: Tensor = (counts.cumsum(0) - counts / 2).double()
    return middles[places] / len(values)


def smoothed(values: Tensor, deviation: float) -> Tensor:
    """G: values (T,) under a Gaussian, its standard deviation in picks; at its ends the video is mirrored."""
    filtered = gaussian_filter1d(values.cpu().numpy(), deviation)
    return torch.from_numpy(filtered).to(values.device)


def shaped(values: Tensor, deviation: float) -> Tensor:
    """What every term of the score is brought to, (T,) as float64: f = G(z(rank))."""
    return smoothed(z_scores(ranks(values)), deviation)
