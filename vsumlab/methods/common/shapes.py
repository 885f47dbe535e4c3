"""What puts a video's numbers on one scale: z-scores, ranks, a Gaussian in seconds, [0, 1]."""

from __future__ import annotations

import torch
from scipy.ndimage import gaussian_filter1d
from torch import Tensor

from vsumlab.core.timeline import USUAL_RATE
from vsumlab.core.video import Timing

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


def in_picks(seconds: float, timing: Timing | None) -> float:
    """A time in picks of a video; without a timing they are taken to be half a second apart.

    >>> in_picks(1.5, None)
    3.0
    """
    return seconds * (USUAL_RATE if timing is None else timing.rate)


def shaped(values: Tensor, deviation: float) -> Tensor:
    """What every term of the score is brought to, (T,) as float64: f = G(z(rank))."""
    return smoothed(z_scores(ranks(values)), deviation)


def scaled_to_unit(values: Tensor) -> Tensor:
    """Scales values (T,) to [0, 1]; constant ones, which tell nothing, to 1.

    >>> scaled_to_unit(torch.tensor([-1.0, 0.0, 3.0])).tolist(), scaled_to_unit(torch.zeros(2)).tolist()
    ([0.0, 0.25, 1.0], [1.0, 1.0])
    """
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else torch.ones_like(values)
