"""The diversity-representativeness reward of several selections of a video's frames at once.

O(T^2) time, memory of a block of rows of what is between each two frames. Rewards are numbers from outside
to what learns by them: no gradient goes through them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.row_blocks import row_blocks


@torch.no_grad()
def diversity_reward(features: Tensor, selections: Tensor, distance: int) -> Tensor:
    """The mean dissimilarity of two selected frames, 1 - cos, and 1 where they are far apart (eq. 3 and 4).

    Args:
        features: (T, D), float32.
        selections: (N, T) bool, the selected frames.
        distance: lambda, how many frames apart two frames are at most for their features to count.

    Returns:
        (N,) in [0, 2]; 0 where fewer than two frames are selected.

    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> diversity_reward(features, torch.tensor([[True, True, False], [True, False, True]]), distance=20)
    tensor([0., 1.])
    """
    chosen, unit = selections.to(features.dtype), F.normalize(features, dim=-1)
    total = chosen.new_zeros(len(chosen))
    for rows in row_blocks(len(features), selections.numel()):
        dissimilarity = 1 - unit[rows] @ unit.T
        gap = gaps(rows, len(features), features.device)
        dissimilarity = dissimilarity.masked_fill(gap > distance, 1).masked_fill(gap == 0, 0)
        total += ((chosen @ dissimilarity.T) * chosen[:, rows]).sum(dim=-1)
    count = chosen.sum(dim=-1)
    return total / (count * (count - 1)).clamp(min=1)


@torch.no_grad()
def representativeness_reward(features: Tensor, selections: Tensor) -> Tensor:
    """exp(-m), m the mean distance of a frame from the selected frame that is nearest to it (eq. 5).

    Args:
        features: (T, D), float32.
        selections: (N, T) bool, the selected frames.

    Returns:
        (N,) in [0, 1]; 0 where no frame is selected.

    >>> features = torch.tensor([[0.0], [2.0]])
    >>> representativeness_reward(features, torch.tensor([[True, True], [True, False], [False, False]]))
    tensor([1.0000, 0.3679, 0.0000])
    """
    squares = features.square().sum(dim=-1)
    total = features.new_zeros(len(selections))
    for rows in row_blocks(len(features), selections.numel()):
        squared = squares[rows, None] + squares - 2 * features[rows] @ features.T
        squared = squared.clamp(min=0).masked_fill(gaps(rows, len(features), features.device) == 0, 0)
        nearest = squared.masked_fill(~selections.unsqueeze(1), torch.inf).amin(dim=-1)
        total += nearest.sqrt().sum(dim=-1)
    return (-total / len(features)).exp()


def gaps(rows: slice, n_frames: int, device: torch.device) -> Tensor:
    """How many frames (R, T) those of a block are from every frame."""
    frames = torch.arange(n_frames, device=device)
    return (frames[rows].unsqueeze(-1) - frames).abs()
