"""Key frames of a video: those of the highest scores, by people or by a method."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.common.evenly_spaced import at_even_steps


def top_frames(scores: Tensor, mask: Tensor, share: float) -> Tensor:
    """The frames of the highest scores, as many as a share of the video: at least one, of several not all.

    Where more frames than are wanted have the last of these scores, those at even steps are taken, so that
    none is there for being early.

    Args:
        scores: (B, T).
        mask: (B, T) bool, true at a video's own frames.
        share: In (0, 1).

    Returns:
        (B, T) bool.

    >>> top_frames(torch.tensor([[0.1, 0.9, 0.2, 0.8]]), torch.ones(1, 4, dtype=torch.bool), share=0.5)
    tensor([[False,  True, False,  True]])
    >>> top_frames(torch.zeros(1, 6), torch.ones(1, 6, dtype=torch.bool), share=0.34).nonzero()[:, 1]
    tensor([1, 4])
    """
    wanted = allowed(mask, share)
    own = scores.masked_fill(~mask, -torch.inf)
    last = own.sort(dim=-1, descending=True).values.gather(-1, wanted - 1)
    above, tied = own > last, (own == last) & mask
    more = wanted - above.sum(dim=-1, keepdim=True)
    return above | at_even_steps(tied, more)


def top_indices(scores: Tensor, share: float) -> Tensor:
    """Which frames (B, K) are the `top_frames` of videos of equal length (B, T), in order of time.

    >>> top_indices(torch.tensor([[0.1, 0.9, 0.2, 0.8]]), share=0.5)
    tensor([[1, 3]])
    """
    mask = torch.ones_like(scores, dtype=torch.bool)
    return top_frames(scores, mask, share).nonzero()[:, 1].view(len(scores), -1)


def top_of_each_run(gtscore: Tensor, mask: Tensor, share: float) -> Tensor:
    """Of each run of consecutive `top_frames` the highest one, or the middle one of several highest.

    So there is a key frame a scene, none next to another.

    >>> top_of_each_run(torch.tensor([[0.8, 0.9, 0.2, 0.7]]), torch.ones(1, 4, dtype=torch.bool), share=0.75)
    tensor([[False,  True, False,  True]])
    """
    top = top_frames(gtscore, mask, share)
    run = (top & ~F.pad(top, (1, 0))[:, :-1]).cumsum(dim=-1)  # what comes after a run has its number too
    n_runs = top.shape[-1] + 1
    scores = gtscore.masked_fill(~top, -torch.inf)
    best = scores.new_full((len(top), n_runs), -torch.inf).scatter_reduce(-1, run, scores, "amax")
    highest = top & (scores == best.gather(-1, run))
    count = run.new_zeros(len(top), n_runs).scatter_add(-1, run, highest.long())
    place = highest.cumsum(dim=-1) - (count.cumsum(dim=-1) - count).gather(-1, run)  # from 1 in each run
    return highest & (place == (count.gather(-1, run) + 1) // 2)


def allowed(mask: Tensor, share: float) -> Tensor:
    """How many frames (B, 1) a share of each video is: at least one, and of several not all."""
    n_frames = mask.sum(dim=-1, keepdim=True)
    return (share * n_frames).round().long().clamp(max=n_frames - 1).clamp(min=1)
