"""What is random in a training step, drawn for each video from a stream of its own."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import torch
import torch.nn.functional as F
from torch import Tensor


class Noise:
    """Random numbers for the videos of a batch.

    A video's depend on the seed, the epoch and its key: not on the batch that it is in, on the padding, or on
    the process that trains on it. Each call goes on in the streams.

    Args:
        seed: A training's.
        epoch: Counted from 0, or another number for what is not trained on.
        keys: Those of B videos.
        device: Where numbers are drawn; another kind of device has others.
    """

    def __init__(self, seed: int, epoch: int, keys: Sequence[str], device: torch.device) -> None:
        self.device = device
        self.streams = [torch.Generator(device).manual_seed(stream_seed(seed, epoch, key)) for key in keys]

    def normal(self, n_rows: int, size: int) -> Tensor:
        """Standard normal numbers (n_rows, size), n_rows a multiple of B: row i is for video i mod B."""
        drawn = [
            torch.randn(size, generator=self.streams[row % len(self.streams)], device=self.device)
            for row in range(n_rows)
        ]
        return torch.stack(drawn)

    def uniform(self, lengths: Tensor, n_frames: int, *size: int) -> Tensor:
        """Uniform numbers in [0, 1) (B, *size, n_frames): as many a video as it has frames, then 0.

        Args:
            lengths: (B,) int64, each video's own number of frames, at most `n_frames`.
            n_frames: T.
            *size: What is between, if anything.
        """
        drawn = [
            torch.rand(*size, length, generator=stream, device=self.device)
            for stream, length in zip(self.streams, lengths.tolist(), strict=True)
        ]
        return torch.stack([F.pad(each, (0, n_frames - each.shape[-1])) for each in drawn])


def stream_seed(seed: int, epoch: int, key: str) -> int:
    """A seed of its own for each video in each epoch: 64 bits, of which generators on a CPU take 32."""
    digest = blake2b(f"{seed}/{epoch}/{key}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
