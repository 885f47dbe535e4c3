"""The criteria of a whole video, however long: O(T^2) time, memory of a block of rows."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.row_blocks import row_blocks
from vsumlab.methods.contrastive.criteria import (
    global_consistency,
    local_dissimilarity,
    nearest_neighbours,
    neighbour_count,
    own_columns,
)
from vsumlab.terminal import track


@torch.no_grad()
def video_criteria(
    features: Tensor,
    refined: Tensor | None,
    share: float,
    neighbour_itself: bool,
    consistency_itself: bool,
) -> tuple[Tensor, Tensor]:
    """L_align and L_uniform of every frame of a video (eq. 4 and 5; of refined features, eq. 6 and 7).

    Neighbours are always those of the frozen features.

    Args:
        features: (T, D), T at least 1, frozen; normalised here.
        refined: (T, E) what distances are measured between; None for the frozen features.
        share: a, how much of the video is a frame's neighbourhood.
        neighbour_itself: Whether a frame is one of its neighbours.
        consistency_itself: Whether a frame is part of the mean of its potential.

    Returns:
        Two (T,), in [0, 4] and in [-8, 0].
    """
    frozen = F.normalize(features, dim=-1)
    learned = frozen if refined is None else F.normalize(refined, dim=-1)
    n_frames = len(frozen)
    count = neighbour_count(n_frames, share, neighbour_itself)
    align, uniform = features.new_empty(n_frames), features.new_empty(n_frames)
    for rows in track(row_blocks(n_frames, n_frames), f"criteria of {n_frames} frames"):
        itself = own_columns(range(rows.start, rows.stop), n_frames, features.device)
        similarity = frozen[rows] @ frozen.T
        neighbours = nearest_neighbours(similarity, itself, count, neighbour_itself)
        if refined is not None:
            similarity = learned[rows] @ learned.T
        align[rows] = local_dissimilarity(similarity, neighbours)
        uniform[rows] = global_consistency(similarity, itself, consistency_itself)
    return align, uniform
