"""Several videos as one padded batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vsumlab.core.video import Timing


@dataclass(frozen=True, eq=False)
class Batch:
    """B videos padded at the end to the longest one's T.

    Attributes:
        keys: The videos' keys.
        features: (B, T, D) float32, 0 in the padding; uint8 where all are quantized.
        lengths: (B,) int64, each video's own number of picks.
        gtscore: (B, T) float32 in [0, 1], 0 in the padding; None where a video has none.
        timings: Each video's, where it has one; on the CPU. Nothing where no video has.
    """

    keys: tuple[str, ...]
    features: Tensor
    lengths: Tensor
    gtscore: Tensor | None
    timings: tuple[Timing | None, ...] = ()

    @property
    def mask(self) -> Tensor:
        """(B, T) bool, true at a video's own frames.

        >>> Batch(("a", "b"), torch.zeros(2, 3, 8), torch.tensor([3, 1]), None).mask
        tensor([[ True,  True,  True],
                [ True, False, False]])
        """
        return torch.arange(self.features.shape[1], device=self.lengths.device) < self.lengths.unsqueeze(-1)

    def __len__(self) -> int:
        return len(self.keys)

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Batch:
        """The same batch on another device; Lightning calls this."""
        return Batch(
            self.keys,
            self.features.to(device, non_blocking=non_blocking),
            self.lengths.to(device, non_blocking=non_blocking),
            None if self.gtscore is None else self.gtscore.to(device, non_blocking=non_blocking),
            self.timings,
        )
