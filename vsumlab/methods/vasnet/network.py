"""VASNet's soft self-attention, before the regressor."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vsumlab.methods.common.attention import energy_blocks
from vsumlab.methods.common.xavier import xavier_linear


class SoftAttention(nn.Module):
    """Self-attention of one head over a whole video.

    Args:
        feature_dim: D.
        scale: s, of the energies.
        transposed: Whether the attention matrix is applied transposed.
        dropout: The share of attention weights that training drops.
    """

    def __init__(self, feature_dim: int, scale: float, transposed: bool, dropout: float) -> None:
        super().__init__()
        self.scale = scale
        self.transposed = transposed
        self.dropout = nn.Dropout(dropout)
        self.query = xavier_linear(feature_dim, feature_dim, bias=False)
        self.key = xavier_linear(feature_dim, feature_dim, bias=False)
        self.value = xavier_linear(feature_dim, feature_dim, bias=False)
        self.output = xavier_linear(feature_dim, feature_dim, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Features (T, D) to what is added to them (T, D)."""
        value, attended = self.value(features), torch.zeros_like(features)
        for rows, energies in energy_blocks(self.scale * self.query(features), self.key(features)):
            weights = self.dropout(energies.softmax(dim=-1))
            if self.transposed:
                attended = attended + weights.T @ value[rows]
            else:
                attended[rows] = weights @ value
        added: Tensor = self.output(attended)
        return added
