"""VSUMM's steps on frame features: how many clusters, their frames, and which of them are too similar."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from vsumlab.methods.common.reference import steps


def number_of_clusters(frames: Tensor, jump: float) -> int:
    """One more than the large steps: those above their mean by so many standard deviations.

    Args:
        frames: (N, D).
        jump: How many.

    Returns:
        At least 1, and no more than there are different frames.

    >>> number_of_clusters(torch.tensor([0.0, 0, 0, 0, 9, 9, 9, 9, 9, 9]).unsqueeze(-1), jump=2.0)
    2
    """
    found = steps(frames)
    if not len(found):
        return 1
    large = int((found > found.mean() + jump * found.std(correction=0)).sum())
    return min(1 + large, len(frames.unique(dim=0)))  # type: ignore[no-untyped-call]


def nearest_to_centres(frames: Tensor, count: int) -> Tensor:
    """The places (at most count,) of the frames nearest to the centres of k-means, in the order of time.

    The first clusters are runs of frames, equally long, so nothing is drawn.

    Args:
        frames: (N, D) on the CPU.
        count: How many clusters, at most N.
    """
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    points = frames.double().numpy()
    first = np.stack([part.mean(axis=0) for part in np.array_split(points, count)])
    with threadpool_limits(1):  # sums are the same to the last bit, in whatever order threads would end
        centres = KMeans(count, init=first, n_init=1).fit(points).cluster_centers_
    distances = torch.cdist(torch.from_numpy(centres), frames.double())
    return distances.argmin(dim=-1).unique()  # type: ignore[no-untyped-call,no-any-return]


def without_similar(frames: Tensor, places: Tensor, distance: float) -> Tensor:
    """Those of some places that are no nearer to one that is kept before than a distance.

    >>> without_similar(torch.tensor([[0.0], [1.0], [2.0], [9.0]]), torch.arange(4), distance=1.5)
    tensor([0, 2, 3])
    """
    kept: list[int] = []
    apart = torch.cdist(frames[places], frames[places])
    for place in range(len(places)):
        if not kept or apart[place, kept].min() >= distance:
            kept.append(place)
    return places[kept]
