"""Ridge regression from second moments of features and targets, all in float64."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from vsumlab.methods.common.shapes import z_scores


def centred(frames: Tensor) -> Tensor:
    """Features (T, D) less their mean over the video, as float64."""
    frames = frames.double()
    return frames - frames.mean(dim=0)


def second_moments(frames: Tensor, importance: Tensor) -> Tensor:
    """1/T [X y]' [X y] (D + 1, D + 1): of a video's centred features X and its importance y as z-scores.

    Args:
        frames: (T, D).
        importance: (T,); a constant one has no order to learn, and counts as 0.

    >>> second_moments(torch.tensor([[0.0], [4.0]]), torch.tensor([0.1, 0.2]))
    tensor([[4., 2.],
            [2., 1.]], dtype=torch.float64)
    """
    both = torch.cat([centred(frames), z_scores(importance).unsqueeze(-1)], dim=-1)
    return both.T @ both / len(both)


def solve(moments: Tensor, penalty: float) -> Tensor:
    """The weights w (D,) with the lowest squared error plus penalty |w|^2, from moments (D + 1, D + 1).

    >>> solve(torch.tensor([[4.0, 2.0], [2.0, 1.0]]), penalty=1.0)
    tensor([0.4000])
    """
    gram, moment = moments[:-1, :-1], moments[:-1, -1]
    identity = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    weights: Tensor = torch.linalg.solve(gram + penalty * identity, moment)
    return weights


def squared_error(moments: Tensor, weights: Tensor) -> Tensor:
    """The mean of (y - x.w)^2 in what moments (D + 1, D + 1) are of: the form [w -1] M [w -1]'.

    >>> squared_error(torch.tensor([[4.0, 2.0], [2.0, 1.0]]), torch.tensor([0.25]))
    tensor(0.2500)
    """
    form = torch.cat([weights, -weights.new_ones(1)])
    return form @ moments @ form


class Fit(NamedTuple):
    """What a regression came to.

    Attributes:
        weights: (D,).
        penalty: The one that was chosen.
        error: The squared error on what the weights are of.
        left_out_error: The same on parts that were left out in turn, by that penalty.
    """

    weights: Tensor
    penalty: float
    error: Tensor
    left_out_error: Tensor


def fit(moments: Tensor, counts: Tensor, penalties: Sequence[float]) -> Fit:
    """Ridge regression on all parts, with the penalty that is best for parts left out.

    Args:
        moments: (G, D + 1, D + 1), the sums over the videos of each part.
        counts: (G,) how many videos each part has; at least one has some.
        penalties: To choose from.
    """
    total, n_videos = moments.sum(dim=0), counts.sum()
    errors = torch.zeros(len(penalties), dtype=moments.dtype, device=moments.device)
    for own, count in zip(moments, counts, strict=True):
        rest = (total - own) / (n_videos - count).clamp(min=1)
        errors += torch.stack([squared_error(own, solve(rest, penalty)) for penalty in penalties])
    best = int(errors.argmin())
    mean = total / n_videos
    weights = solve(mean, penalties[best])
    return Fit(weights, penalties[best], squared_error(mean, weights), errors[best] / n_videos)
