"""Blocks of frames, and how unique and how diverse a frame is, from rows of a video's attention matrix.

Rows may be those of all frames or of some of them: R rows of T attention weights each.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST = 1e-6
"""What keeps a division finite where no frame outside a block differs."""


def same_block(rows: slice, n_frames: int, block_size: int, device: torch.device | None = None) -> Tensor:
    """Which of T frames are in the row's own block (R, T): blocks of M frames follow each other without gaps.

    >>> same_block(slice(1, 3), n_frames=3, block_size=2)
    tensor([[ True,  True, False],
            [False, False,  True]])
    """
    blocks = torch.arange(n_frames, device=device) // block_size
    return blocks[rows].unsqueeze(-1) == blocks


def block_sums(values: Tensor, block_size: int) -> Tensor:
    """The sum (T, D) of values (T, D) over each frame's own block.

    >>> block_sums(torch.tensor([[1.0], [2.0], [5.0]]), block_size=2)
    tensor([[3.],
            [3.],
            [5.]])
    """
    n_blocks = (len(values) + block_size - 1) // block_size
    # no quotients of the frames' places, which code that `torch.compile` makes reads as other numbers
    blocks = torch.arange(n_blocks, device=values.device).repeat_interleave(block_size)[: len(values)]
    sums = values.new_zeros(n_blocks, values.shape[1])
    return sums.index_add(0, blocks, values)[blocks]


def entropy(log_weights: Tensor) -> Tensor:
    """-sum_j a_j log a_j (R,) of attention weights, from their logs (R, T): low where few frames matter.

    >>> entropy(torch.tensor([[0.5, 0.5]]).log())
    tensor([0.6931])
    """
    return -(log_weights.exp() * log_weights).sum(dim=-1)


def dissimilarity(features: Tensor, rows: slice) -> Tensor:
    """One minus the cosine (R, T) in [0, 2] between some frames and all T, of features (T, D).

    In float32 also under autocast, which would round away how near-by frames differ.
    """
    with torch.autocast(features.device.type, enabled=False):
        unit = F.normalize(features.float(), dim=-1)
        return (1 - unit[rows] @ unit.T).clamp(min=0)


def diversity(weights: Tensor, dissimilarities: Tensor, inside: Tensor) -> Tensor:
    """sum_j d_j a_j / sum_j d_j (R,), over frames j outside the own block: attention to what is different.

    Args:
        weights: (R, T) attention weights a.
        dissimilarities: (R, T) d, in [0, 2].
        inside: (R, T) bool, true in the own block.

    Returns:
        At least 0; 0 where no frame is outside, or none of those differs.

    >>> inside = torch.tensor([[True, False, False]])
    >>> diversity(torch.tensor([[0.2, 0.2, 0.6]]), torch.tensor([[0.0, 0.25, 0.75]]), inside)
    tensor([0.5000])
    """
    outside = dissimilarities.masked_fill(inside, 0.0)
    return (outside * weights).sum(dim=-1) / outside.sum(dim=-1).clamp_min(LEAST)
