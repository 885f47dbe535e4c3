"""An LSTM that autocast leaves alone on a CPU."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LSTM(nn.LSTM):
    """An LSTM over (B, T, input) that computes in its weights' type on a CPU, also under autocast.

    Most CPUs have no LSTM in bfloat16, and raise instead of taking a slower one.
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__(input_size, hidden_size, batch_first=True)

    def forward(self, sequences: Tensor) -> tuple[Tensor, tuple[Tensor, Tensor]]:  # type: ignore[override]
        """(B, T, input) to hidden states (B, T, hidden), and the last hidden and cell states."""
        if sequences.device.type != "cpu":
            return super().forward(sequences)
        with torch.autocast("cpu", enabled=False):
            return super().forward(sequences.to(self.all_weights[0][0].dtype))
