"""A frame in the context of its video (Zhang et al. 2016), and the small networks that read it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vsumlab.methods.common.bilstm import BiLSTM


class FrameContext(nn.Module):
    """Each frame's hidden states of a bidirectional LSTM, next to its features.

    Attributes:
        size: How many numbers that is: 2 hidden + D.
    """

    def __init__(self, feature_dim: int, hidden_size: int) -> None:
        super().__init__()
        self.bilstm = BiLSTM(feature_dim, hidden_size)
        self.size = 2 * hidden_size + feature_dim

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Features (B, T, D) and lengths (B,) to contexts (B, T, 2 hidden + D)."""
        return torch.cat([self.bilstm(features, lengths).to(features.dtype), features], dim=-1)


def one_hidden_layer(input_size: int, hidden_size: int, output_size: int) -> nn.Sequential:
    """A multi-layer perceptron with one hidden layer of sigmoids."""
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.Sigmoid(), nn.Linear(hidden_size, output_size)
    )
