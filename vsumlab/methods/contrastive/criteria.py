"""Local dissimilarity and global consistency, from rows of cosine similarities between a video's frames.

On the unit sphere ||x - y||^2 = 2 - 2 x.y, so similarities are all that the equations need. Rows may be those
of all frames or of a block of them: `itself` (R, T) is true where a column is the row's own frame.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def neighbour_count(n_frames: int, share: float, with_itself: bool) -> int:
    """K, the size of a frame's neighbourhood in a video of T frames (sec. 4.1).

    Args:
        n_frames: T.
        share: a.
        with_itself: False for the paper's K = aT, rounded, among the T - 1 others; true for its authors'
            code: int(aT), the frame being one of its own neighbours.

    Returns:
        At least 1; a lone frame is its own neighbour.

    >>> neighbour_count(205, 0.1, with_itself=False), neighbour_count(205, 0.1, with_itself=True)
    (21, 20)
    """
    count = int(share * n_frames) if with_itself else int(share * n_frames + 0.5)
    others = n_frames if with_itself else n_frames - 1
    return max(min(count, others), 1)


def nearest_neighbours(similarity: Tensor, itself: Tensor, count: int, with_itself: bool) -> Tensor:
    """The columns (…, R, K) that are most similar to each row (…, R, T) of similarities, in no order.

    >>> similarity, itself = torch.tensor([[1.0, 0.2, 0.8]]), torch.tensor([[True, False, False]])
    >>> nearest_neighbours(similarity, itself, count=1, with_itself=False)
    tensor([[2]])
    """
    if not with_itself and similarity.shape[-1] > 1:
        similarity = similarity.masked_fill(itself, -math.inf)
    return similarity.topk(count, dim=-1, sorted=False).indices


def local_dissimilarity(similarity: Tensor, neighbours: Tensor) -> Tensor:
    """L_align: the mean squared distance (…, R) in [0, 4] from a frame to its neighbours (eq. 4, 6).

    Args:
        similarity: (…, R, T) in [-1, 1].
        neighbours: (…, R, K), columns of it.

    >>> local_dissimilarity(torch.tensor([[1.0, 0.25, 0.75]]), torch.tensor([[1, 2]]))
    tensor([1.])
    """
    return 2 - 2 * similarity.gather(-1, neighbours).mean(dim=-1)


def global_consistency(similarity: Tensor, itself: Tensor, with_itself: bool) -> Tensor:
    """L_uniform: the log of a frame's mean Gaussian potential (…, R) in [-8, 0] with the video (eq. 5, 7).

    Args:
        similarity: (…, R, T) in [-1, 1].
        itself: (R, T).
        with_itself: False for the paper's mean over the T - 1 others; true for its authors' code: over all T.

    >>> similarity, itself = torch.tensor([[1.0, 0.5]]), torch.tensor([[True, False]])
    >>> global_consistency(similarity, itself, with_itself=False)
    tensor([-2.])
    """
    count = similarity.shape[-1]
    if not with_itself and count > 1:
        similarity, count = similarity.masked_fill(itself, -math.inf), count - 1
    return gaussian_potential(similarity, count)


def gaussian_potential(similarity: Tensor, count: int) -> Tensor:
    """log(1/count sum exp(-2 ||x - y||^2)) over the last axis; similarities of -inf count for nothing.

    >>> gaussian_potential(torch.tensor([0.5, -math.inf]), count=1)
    tensor(-2.)
    """
    return (4 * similarity - 4).logsumexp(dim=-1) - math.log(count)


def own_columns(rows: range, n_frames: int, device: torch.device | None = None) -> Tensor:
    """`itself` (R, T) of a block of rows.

    >>> own_columns(range(1, 2), n_frames=3)
    tensor([[False,  True, False]])
    """
    columns = torch.arange(n_frames, device=device)
    return columns == torch.arange(rows.start, rows.stop, device=device).unsqueeze(-1)
