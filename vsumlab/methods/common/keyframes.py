"""Keyframes of a video from its ground-truth scores, for methods that learn from a selection of frames."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def top_frames(gtscore: Tensor, mask: Tensor, share: float) -> Tensor:
    """The frames of the highest ground-truth scores, as many as a share of the video: at least one.

    Args:
        gtscore: (B, T) scores; of equal ones the earlier is the higher.
        mask: (B, T) bool, true at a video's own frames.
        share: In (0, 1].

    Returns:
        (B, T) bool.

    >>> top_frames(torch.tensor([[0.1, 0.9, 0.2, 0.8]]), torch.ones(1, 4, dtype=torch.bool), share=0.5)
    tensor([[False,  True, False,  True]])
    """
    return places(gtscore, mask) < allowed(mask, share)


def top_of_each_run(gtscore: Tensor, mask: Tensor, share: float) -> Tensor:
    """Of each run of consecutive `top_frames` the highest one: a keyframe a scene, none next to another.

    >>> top_of_each_run(torch.tensor([[0.8, 0.9, 0.2, 0.7]]), torch.ones(1, 4, dtype=torch.bool), share=0.75)
    tensor([[False,  True, False,  True]])
    """
    place = places(gtscore, mask)
    top = place < allowed(mask, share)
    run = (top & ~F.pad(top, (1, 0))[:, :-1]).cumsum(dim=-1)  # what comes after a run has its number too
    n_frames = place.shape[-1]
    places_of_runs = place.masked_fill(~top, n_frames)
    highest = place.new_full((len(place), n_frames + 1), n_frames).scatter_reduce(
        -1, run, places_of_runs, "amin"
    )
    return top & (place == highest.gather(-1, run))


def places(gtscore: Tensor, mask: Tensor) -> Tensor:
    """Each frame's place (B, T) in its video's frames by falling score: 0 for the highest, padding last."""
    order = gtscore.masked_fill(~mask, -torch.inf).argsort(dim=-1, descending=True, stable=True)
    return order.argsort(dim=-1)


def allowed(mask: Tensor, share: float) -> Tensor:
    """How many frames (B, 1) a share of each video is: at least one."""
    return (share * mask.sum(dim=-1, keepdim=True)).round().clamp(min=1)
