"""Absolute positions of frames, as sines and cosines of their places."""

from __future__ import annotations

import torch
from torch import Tensor

BASE = 10_000
"""How much longer the wave of column D is than that of column 0."""


def positions(rows: slice, n_frames: int, feature_dim: int, device: torch.device | None = None) -> Tensor:
    """What is added to rows of the energies: the absolute positional encoding P.

    P_t,2i = sin(t / 10000^(2i/D)), P_t,2i+1 = cos(t / 10000^(2i/D)).

    Args:
        rows: Of which of T frames.
        n_frames: T, how many columns there are.
        feature_dim: D.
        device: Of what is given.

    Returns:
        (R, T) in [-1, 1].

    >>> positions(slice(0, 2), n_frames=3, feature_dim=2)
    tensor([[0.0000e+00, 1.0000e+00, 0.0000e+00],
            [8.4147e-01, 5.4030e-01, 1.0000e-04]])
    """
    frames = torch.arange(rows.start, rows.stop, device=device).unsqueeze(-1)
    columns = torch.arange(n_frames, device=device)
    angles = frames / BASE ** ((columns - columns % 2) / feature_dim)
    return torch.where(columns % 2 == 0, angles.sin(), angles.cos())
