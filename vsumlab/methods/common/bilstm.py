"""A bidirectional LSTM for padded batches."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vsumlab.methods.common.lstm import LSTM


class BiLSTM(nn.Module):
    """A bidirectional LSTM over padded sequences that never sees the padding.

    The backward LSTM reads each sequence reversed within its own length, so that padding stays behind the
    data for both directions. (This gives what `nn.LSTM(bidirectional=True)` gives on packed sequences.)
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.ahead = LSTM(input_size, hidden_size)
        self.back = LSTM(input_size, hidden_size)

    def forward(self, sequences: Tensor, sizes: Tensor) -> Tensor:
        """(N, L, input) and sizes (N,) to hidden states (N, L, 2 hidden); past a size they mean nothing."""
        ahead, _ = self.ahead(sequences)
        back, _ = self.back(mirrored(sequences, sizes))
        return torch.cat([ahead, mirrored(back, sizes)], dim=-1)


def mirrored(sequences: Tensor, sizes: Tensor) -> Tensor:
    """Sequences (N, L, H) read backwards, each within its own size (N,); the padding stays where it is.

    >>> mirrored(torch.tensor([[[1], [2], [0]], [[3], [4], [5]]]), torch.tensor([2, 3])).squeeze(-1)
    tensor([[2, 1, 0],
            [5, 4, 3]])
    """
    places = torch.arange(sequences.shape[1], device=sequences.device)
    mirror = sizes.unsqueeze(-1) - 1 - places
    mirror = mirror.where(mirror >= 0, places).unsqueeze(-1)
    return sequences.gather(1, mirror.expand_as(sequences))
