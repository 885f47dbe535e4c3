"""Ground-truth scores as VASNet is trained on them."""

from __future__ import annotations

import math

from torch import Tensor


def stretched(gtscore: Tensor, mask: Tensor) -> Tensor:
    """Ground-truth scores (B, T), of each video from 0 at its lowest to 1 at its highest.

    Args:
        gtscore: (B, T) in [0, 1].
        mask: (B, T) bool, true at a video's own frames.

    Returns:
        (B, T), in the padding anything; a video whose scores are all the same keeps them.

    >>> import torch
    >>> stretched(torch.tensor([[0.25, 0.5, 0.0]]), torch.tensor([[True, True, False]]))[:, :2]
    tensor([[0., 1.]])
    """
    low = gtscore.masked_fill(~mask, math.inf).amin(dim=-1, keepdim=True)
    spread = gtscore.masked_fill(~mask, -math.inf).amax(dim=-1, keepdim=True) - low
    return ((gtscore - low) / spread).where(spread > 0, gtscore)
