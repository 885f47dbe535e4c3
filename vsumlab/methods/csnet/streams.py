"""How CSNet cuts a video into chunk and stride sequences and puts the frames back in order (eq. 3, 4)."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Sequences(NamedTuple):
    """The M sequences that every video of a batch is divided into.

    Attributes:
        positions: (B, M, L) int64, the frame at each place of each sequence; past its end, any number.
        sizes: (B, M) int64, the true length of each sequence, 0 where a video has fewer than M frames.
    """

    positions: Tensor
    sizes: Tensor

    @property
    def valid(self) -> Tensor:
        """(B, M, L) bool: whether a place holds a frame."""
        places = torch.arange(self.positions.shape[-1], device=self.positions.device)
        return places < self.sizes.unsqueeze(-1)


def chunk_sequences(lengths: Tensor, divisions: int) -> Sequences:
    """Successive frames: chunk m of a video of T frames is [floor(m T / M), floor((m + 1) T / M)), eq. 3.

    For T divisible by M these are the chunks of the paper; otherwise the sizes differ by at most one.

    Args:
        lengths: (B,) int64, each video's T.
        divisions: M.

    >>> chunks = chunk_sequences(torch.tensor([4]), divisions=2)
    >>> chunks.positions, chunks.sizes
    (tensor([[[0, 1],
             [2, 3]]]), tensor([[2, 2]]))
    """
    bounds = torch.arange(divisions + 1, device=lengths.device) * lengths.unsqueeze(-1) // divisions
    starts, sizes = bounds[:, :-1], bounds.diff(dim=-1)
    places = torch.arange(int(sizes.max()), device=lengths.device)
    return Sequences(starts.unsqueeze(-1) + places, sizes)


def stride_sequences(lengths: Tensor, divisions: int) -> Sequences:
    """Frames at a uniform interval: sequence m holds frames m, m + M, m + 2M, …, eq. 4 with k = M.

    Args:
        lengths: (B,) int64, each video's T.
        divisions: M.

    >>> strides = stride_sequences(torch.tensor([4]), divisions=2)
    >>> strides.positions, strides.sizes
    (tensor([[[0, 2],
             [1, 3]]]), tensor([[2, 2]]))
    """
    first = torch.arange(divisions, device=lengths.device)
    sizes = (lengths.unsqueeze(-1) - first + divisions - 1).clamp(min=0) // divisions
    places = torch.arange(int(sizes.max()), device=lengths.device)
    positions = first.unsqueeze(-1) + divisions * places
    return Sequences(positions.expand(len(lengths), -1, -1), sizes)


def split(frames: Tensor, sequences: Sequences) -> Tensor:
    """Gathers a batch of videos (B, T, H) into its sequences (B, M, L, H).

    >>> frames = torch.tensor([[[0.0], [1.0], [2.0], [3.0]]])
    >>> split(frames, stride_sequences(torch.tensor([4]), divisions=2)).squeeze(-1)
    tensor([[[0., 2.],
             [1., 3.]]])
    """
    B, T, H = frames.shape
    positions = sequences.positions.clamp(max=T - 1).reshape(B, -1, 1).expand(-1, -1, H)
    return frames.gather(1, positions).view(*sequences.positions.shape, H)


def merge(values: Tensor, sequences: Sequences, n_frames: int) -> Tensor:
    """Puts one number a place (B, M, L) back in the original frame order (B, T); padding becomes 0.

    >>> values = torch.tensor([[[0.0, 2.0], [1.0, 3.0]]])
    >>> merge(values, stride_sequences(torch.tensor([4]), divisions=2), n_frames=5)
    tensor([[0., 1., 2., 3., 0.]])
    """
    spare = n_frames  # a slot after the video takes what lies past a sequence's end
    positions = sequences.positions.where(sequences.valid, spare)
    merged = values.new_zeros(len(values), n_frames + 1).scatter(1, positions.flatten(1), values.flatten(1))
    return merged[:, :n_frames]
