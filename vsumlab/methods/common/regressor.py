"""From what attention adds to a frame to the frame's importance, as in VASNet and the methods after it."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.methods.common.xavier import xavier_linear

EPSILON = 1e-6
"""What keeps the norms' divisions finite."""


class Regressor(nn.Module):
    """A residual sum and two linear maps, with dropout and layer norm before each.

    Args:
        feature_dim: D.
        dropout: The share of numbers that training drops.
        norm_bias: What the layer norms' biases start at.
    """

    def __init__(self, feature_dim: int, dropout: float, norm_bias: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.norm = nn.LayerNorm(feature_dim, eps=EPSILON)
        self.hidden = xavier_linear(feature_dim, feature_dim)
        self.hidden_norm = nn.LayerNorm(feature_dim, eps=EPSILON)
        self.output = xavier_linear(feature_dim, 1)
        for norm in (self.norm, self.hidden_norm):
            nn.init.constant_(norm.bias, norm_bias)

    def forward(self, features: Tensor, attended: Tensor) -> Tensor:
        """Features and what attention adds to them (T, D) each, to importance scores (T,) in [0, 1]."""
        frames = self.norm(self.dropout(features + attended))
        hidden = self.hidden_norm(self.dropout(F.relu(self.hidden(frames))))
        logits: Tensor = self.output(hidden).squeeze(-1)
        return logits.float().sigmoid()


class AttendedRegressor(nn.Module):
    """Features of one video to importance scores: attention, then the regressor.

    Args:
        attention: Features (T, D) to what is added to them (T, D).
        feature_dim: D.
        dropout: The share of numbers that training drops before each layer norm.
        norm_bias: What the layer norms' biases start at.
    """

    def __init__(
        self, attention: nn.Module, feature_dim: int, dropout: float, norm_bias: float = 0.0
    ) -> None:
        super().__init__()
        self.attention = attention
        self.regressor = Regressor(feature_dim, dropout, norm_bias)

    def forward(self, features: Tensor) -> Tensor:
        """Features (T, D) to importance scores (T,) in [0, 1]."""
        scores: Tensor = self.regressor(features, self.attention(features))
        return scores
