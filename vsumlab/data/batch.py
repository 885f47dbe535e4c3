"""Several videos as one padded batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vsumlab.data.video import Video
from vsumlab.data.youtube8m.quantization import dequantize


@dataclass(frozen=True, eq=False)
class Batch:
    """B videos padded at the end to the longest one's T.

    Attributes:
        keys: The videos' keys.
        features: (B, T, D) float32, 0 in the padding; uint8 where all are quantized, until `dequantized`.
        lengths: (B,) int64, each video's own number of picks.
        gtscore: (B, T) float32 in [0, 1], 0 in the padding; None where a video has none.
    """

    keys: tuple[str, ...]
    features: Tensor
    lengths: Tensor
    gtscore: Tensor | None

    @classmethod
    def collate(cls, videos: Sequence[Video]) -> Self:
        """Pads videos into a batch."""
        gtscores = [video.gtscore for video in videos if video.gtscore is not None]
        return cls(
            keys=tuple(video.key for video in videos),
            features=pad_sequence(alike([video.features for video in videos]), batch_first=True),
            lengths=torch.tensor([video.n_picks for video in videos]),
            gtscore=pad_sequence(gtscores, batch_first=True) if len(gtscores) == len(videos) else None,
        )

    @property
    def mask(self) -> Tensor:
        """(B, T) bool, true at a video's own frames."""
        return torch.arange(self.features.shape[1], device=self.lengths.device) < self.lengths.unsqueeze(-1)

    def dequantized(self) -> Batch:
        """The same batch with float32 features, 0 in the padding."""
        if self.features.dtype != torch.uint8:
            return self
        features = dequantize(self.features) * self.mask.unsqueeze(-1)
        return Batch(self.keys, features, self.lengths, self.gtscore)

    def __len__(self) -> int:
        return len(self.keys)

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Batch:
        """The same batch on another device; Lightning calls this."""
        return Batch(
            self.keys,
            self.features.to(device, non_blocking=non_blocking),
            self.lengths.to(device, non_blocking=non_blocking),
            None if self.gtscore is None else self.gtscore.to(device, non_blocking=non_blocking),
        )


def alike(features: list[Tensor]) -> list[Tensor]:
    """The same features, all quantized or none."""
    if len({one.dtype for one in features}) == 1:
        return features
    return [dequantize(one) if one.dtype == torch.uint8 else one for one in features]
