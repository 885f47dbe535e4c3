"""The contrastive criteria as their equations are written: a loop over frames, in float64.

Nothing here comes from the package.
"""

import math

import numpy as np


def unit(rows):
    """Rows of length 1."""
    rows = np.asarray(rows, dtype=np.float64)
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def distance(a, b):
    """||a - b||^2."""
    return float(((a - b) ** 2).sum())


def criteria(frozen, refined, share, neighbour_itself, consistency_itself, frames=None):
    """L_align and L_uniform (eq. 4-7) of frames, all unless some are named."""
    frozen = unit(frozen)
    refined = frozen if refined is None else unit(refined)
    n_frames = len(frozen)
    align, uniform = [], []
    for t in range(n_frames) if frames is None else frames:
        others = [u for u in range(n_frames) if u != t]
        candidates = others if others and not neighbour_itself else [*others, t]
        count = math.floor(share * n_frames) if neighbour_itself else math.floor(share * n_frames + 0.5)
        nearest = sorted(candidates, key=lambda u: -float(frozen[t] @ frozen[u]))[: max(count, 1)]
        align.append(sum(distance(refined[t], refined[u]) for u in nearest) / len(nearest))
        counted = others if others and not consistency_itself else [*others, t]
        potentials = [math.exp(-2 * distance(refined[t], refined[u])) for u in counted]
        uniform.append(math.log(sum(potentials) / len(potentials)))
    return np.array(align), np.array(uniform)


def segments(outputs, length):
    """A video's segments: unit means of whole runs of frames."""
    return [unit(sum(outputs[i : i + length]) / length) for i in range(0, len(outputs) - length + 1, length)]


def uniqueness(videos, video_segments, with_own):
    """L_unique (eq. 9) of every frame of every video of a batch."""
    losses = []
    for k, video in enumerate(videos):
        of_video = []
        for frame in video:
            potentials = [
                math.exp(-2 * distance(frame, segment))
                for j, of_other in enumerate(video_segments)
                for segment in of_other
                if with_own or j != k
            ]
            of_video.append(math.log(sum(potentials) / len(potentials)))
        losses.append(of_video)
    return np.array(losses)
