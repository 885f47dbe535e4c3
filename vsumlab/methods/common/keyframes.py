"""Key frames of a video: those of the highest scores, by people or by a method."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def top_frames(scores: Tensor, mask: Tensor, share: float) -> Tensor:
    """The frames of the highest scores, as many as a share of the video: at least one, of several not all.

    Args:
        scores: (B, T); of equal ones the earlier is the higher.
        mask: (B, T) bool, true at a video's own frames.
        share: In (0, 1).

    Returns:
        (B, T) bool.

    >>> top_frames(torch.tensor([[0.1, 0.9, 0.2, 0.8]]), torch.ones(1, 4, dtype=torch.bool), share=0.5)
    tensor([[False,  True, False,  True]])
    """
    return ranks_by_score(scores, mask) < allowed(mask, share)


def top_indices(scores: Tensor, share: float) -> Tensor:
    """Which frames (B, K) are the `top_frames` of videos of equal length (B, T), the highest first.

    >>> top_indices(torch.tensor([[0.1, 0.9, 0.2, 0.8]]), share=0.5)
    tensor([[1, 3]])
    """
    mask = torch.ones_like(scores, dtype=torch.bool)
    return by_falling_score(scores, mask)[:, : int(allowed(mask, share)[0])]


def top_of_each_run(gtscore: Tensor, mask: Tensor, share: float) -> Tensor:
    """Of each run of consecutive `top_frames` the highest one: a key frame a scene, none next to another.

    >>> top_of_each_run(torch.tensor([[0.8, 0.9, 0.2, 0.7]]), torch.ones(1, 4, dtype=torch.bool), share=0.75)
    tensor([[False,  True, False,  True]])
    """
    place = ranks_by_score(gtscore, mask)
    top = place < allowed(mask, share)
    run = (top & ~F.pad(top, (1, 0))[:, :-1]).cumsum(dim=-1)  # what comes after a run has its number too
    n_frames = place.shape[-1]
    places_of_runs = place.masked_fill(~top, n_frames)
    highest = place.new_full((len(place), n_frames + 1), n_frames).scatter_reduce(
        -1, run, places_of_runs, "amin"
    )
    return top & (place == highest.gather(-1, run))


def by_falling_score(scores: Tensor, mask: Tensor) -> Tensor:
    """The frames (B, T) of each video in the order of their scores, the highest first, padding last."""
    return scores.masked_fill(~mask, -torch.inf).argsort(dim=-1, descending=True, stable=True)


def ranks_by_score(scores: Tensor, mask: Tensor) -> Tensor:
    """Each frame's rank (B, T) among its video's frames: 0 for the highest score, padding last."""
    return by_falling_score(scores, mask).argsort(dim=-1)


def allowed(mask: Tensor, share: float) -> Tensor:
    """How many frames (B, 1) a share of each video is: at least one, and of several not all."""
    n_frames = mask.sum(dim=-1, keepdim=True)
    return (share * n_frames).round().clamp(max=n_frames - 1).clamp(min=1)
