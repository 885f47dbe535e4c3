"""Kernel temporal segmentation as its formulae are written: loops in Python over numbers of changes.

Nothing here comes from the package.
"""

import math
from itertools import combinations

import numpy as np

UNITS = 2**32  # scatter is rounded to so many parts of 1, to whole numbers, whose sums are exact


def scatter_table(features):
    """Of all segments [i, j): a list of lists by i, then by j, in whole units."""
    frames = np.asarray(features, dtype=np.float64)
    kernel = frames @ frames.T
    size = len(frames) + 1
    own, all_pairs = np.zeros(size), np.zeros((size, size))
    own[1:] = kernel.diagonal().cumsum()
    all_pairs[1:, 1:] = kernel.cumsum(axis=0).cumsum(axis=1)
    table = []
    for i in range(size):
        squares = all_pairs.diagonal() - all_pairs[i] - all_pairs[:, i] + all_pairs[i, i]
        lengths = np.maximum(np.arange(size) - i, 1)
        table.append([round(each * UNITS) for each in (own - own[i] - squares / lengths).tolist()])
    return table


def penalty(n_changes, n_frames):
    """Of so many change points; none has none."""
    return n_changes / (2 * n_frames) * (math.log(n_frames / n_changes) + 1) if n_changes else 0.0


def boundaries(features, longest=None, most=None):
    """Change points by dynamic programming over at most so many; ties go to the earliest last ones."""
    table = scatter_table(features)
    n_frames = len(table) - 1
    longest = longest or n_frames
    most = n_frames - 1 if most is None else most
    least = [math.inf if end > longest else table[0][end] for end in range(n_frames + 1)]
    totals, tables = [least[n_frames]], []
    for n_changes in range(1, most + 1):
        new, before = [math.inf] * (n_frames + 1), [0] * (n_frames + 1)
        for end in range(n_changes + 1, n_frames + 1):
            smallest = math.inf
            for begin in range(max(n_changes, end - longest), end):
                cost = least[begin] + table[begin][end]
                if cost < smallest:
                    smallest, before[end] = cost, begin
            new[end] = smallest
        least = new
        totals.append(least[n_frames])
        tables.append(before)
    costs = [total / UNITS / n_frames + penalty(m, n_frames) for m, total in enumerate(totals)]
    at, found = n_frames, []
    for before in reversed(tables[: costs.index(min(costs))]):
        at = before[at]
        found.append(at)
    return found[::-1]


def segments_scatter(features, change_points):
    """The squared distances of frames to their segment's mean."""
    parts = np.split(np.asarray(features, dtype=np.float64), change_points)
    return sum(float(np.square(part - part.mean(axis=0)).sum()) for part in parts)


def criterion(features, change_points):
    """What the best segmentation has the least of."""
    n_frames = len(features)
    return segments_scatter(features, change_points) / n_frames + penalty(len(change_points), n_frames)


def every_segmentation(n_frames):
    """All sets of change points."""
    for n_changes in range(n_frames):
        yield from (list(each) for each in combinations(range(1, n_frames), n_changes))
