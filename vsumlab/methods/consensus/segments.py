"""Segments of a few seconds, which stand for what the training videos show."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.evenly_spaced import evenly


def segment_means(frames: Tensor, length: int) -> Tensor:
    """Unit means (S, D) of each so many frames of (T, D), unit vectors; the last may be of fewer.

    >>> segment_means(torch.eye(2)[[0, 0, 1]], length=2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    places = torch.arange(len(frames), device=frames.device) // length
    sums = frames.new_zeros(int(places[-1]) + 1, frames.shape[1]).index_add(0, places, frames)
    return F.normalize(sums, dim=-1)


def share_of(video: int, n_videos: int, limit: int) -> int:
    """How many segments one of so many videos may keep, that all may keep a limit at most.

    >>> [share_of(video, n_videos=3, limit=10) for video in range(3)]
    [3, 3, 4]
    """
    return (video + 1) * limit // n_videos - video * limit // n_videos


def kept_segments(frames: Tensor, length: int, count: int) -> Tensor:
    """At most so many of a video's segments, evenly spaced."""
    return evenly(segment_means(frames, length), count)
