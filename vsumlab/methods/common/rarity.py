"""How unlike others a frame is, from unit vectors: d2(a, b) = 2 - 2 a.b."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from vsumlab.methods.common.evenly_spaced import evenly
from vsumlab.methods.common.row_blocks import row_blocks
from vsumlab.methods.common.shapes import ROUNDING
from vsumlab.terminal import track

MEDIAN_OF = 2000
"""How many frames, evenly spaced, the median distance is of where there are more."""


def squared_distances(vectors: Tensor, others: Tensor) -> Tensor:
    """d2 (A, B) in [0, 4] between unit vectors (A, D) and (B, D)."""
    return (2 - 2 * vectors @ others.T).clamp(min=0)


@torch.no_grad()
def rarity(frames: Tensor, references: Tensor, sharpness: float) -> Tensor:
    """How unlike its references each frame is: -log mean_s exp(-sharpness d2(x_t, r_s) / median d2).

    O(T S) time, memory of a block of rows.

    Args:
        frames: (T, D) unit vectors.
        references: (S, D) unit vectors; the frames themselves, or segments of other videos.
        sharpness: How much nearer than the median a reference has to be to count.

    Returns:
        (T,) at least 0, but for rounding; all 0 without references, or where half the distances are 0.

    >>> rarity(torch.eye(2), torch.tensor([[0.8, 0.6]]), sharpness=0.5)
    tensor([0.5000, 1.0000])
    """
    found = frames.new_zeros(len(frames))
    if not len(references):
        return found
    median = squared_distances(evenly(frames, MEDIAN_OF), evenly(references, MEDIAN_OF)).median()
    if median <= ROUNDING:
        return found
    for rows in track(row_blocks(len(frames), len(references)), f"rarity of {len(frames)} frames"):
        exponents = squared_distances(frames[rows], references) * (-sharpness / median)
        found[rows] = math.log(len(references)) - exponents.logsumexp(dim=-1)
    return found
