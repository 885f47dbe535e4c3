"""Several videos as one padded batch."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vsumlab.core.video import Timing


def length_mask(lengths: Tensor, n_frames: int) -> Tensor:
    """(B, T) bool, true at a video's own frames, from lengths (B,) and T.

    >>> length_mask(torch.tensor([3, 1]), n_frames=3)
    tensor([[ True,  True,  True],
            [ True, False, False]])
    """
    return torch.arange(n_frames, device=lengths.device) < lengths.unsqueeze(-1)


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
        """(B, T) bool, true at a video's own frames."""
        return length_mask(self.lengths, self.features.shape[1])

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
