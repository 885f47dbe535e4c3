"""The frames that show what two criteria do (fig. 3)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.methods.contrastive.scores import rescaled
from vsumlab.methods.explanation import Anchor

NEIGHBOURS = 5
TOP = 10


def anchors(features: Tensor, first: Tensor, second: Tensor) -> tuple[Anchor, ...]:
    """A frame where the first criterion alone is high, one where both are, one where the second alone is.

    Args:
        features: (T, D).
        first: (T,).
        second: (T,).

    Returns:
        Three anchors, each with five of its ten nearest neighbours by cosine similarity, spread over them, or
        all others of a shorter video.
    """
    first, second = rescaled(first), rescaled(second)
    unit = F.normalize(features, dim=-1)
    found = []
    for meaning, height in (
        ("first", first * (1 - second)),
        ("both", first * second),
        ("second", (1 - first) * second),
    ):
        pick = int(height.argmax())
        similarity = unit @ unit[pick]
        similarity[pick] = -torch.inf
        nearest = similarity.topk(min(TOP, len(unit) - 1)).indices[:: TOP // NEIGHBOURS]
        found.append(Anchor(meaning, pick, tuple(nearest.tolist())))  # type: ignore[arg-type]
    return tuple(found)
