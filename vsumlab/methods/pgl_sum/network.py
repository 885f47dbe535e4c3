"""PGL-SUM's network: attention over the whole video and over its segments, then the regressor."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.methods.common.attention import energy_blocks
from vsumlab.methods.common.regressor import Regressor
from vsumlab.methods.common.xavier import BIAS, xavier_linear
from vsumlab.methods.pgl_sum.positions import positions


class PositionedAttention(nn.Module):
    """Self-attention with several heads, whose energies have absolute positions added to them.

    Args:
        feature_dim: D.
        size: Of all heads together; each has its share, rounded down but at least 1.
        heads: How many.
        dropout: The share of attention weights that training drops.
    """

    def __init__(self, feature_dim: int, size: int, heads: int, dropout: float) -> None:
        super().__init__()
        width = heads * max(1, size // heads)
        self.heads = heads
        self.dropout = nn.Dropout(dropout)
        self.query = xavier_linear(feature_dim, width, bias=False, parts=heads)
        self.key = xavier_linear(feature_dim, width, bias=False, parts=heads)
        self.value = xavier_linear(feature_dim, width, bias=False, parts=heads)
        self.output = xavier_linear(width, feature_dim, bias=False)

    def forward(self, frames: Tensor) -> Tensor:
        """Frames (T, D), of a video or of a segment, to what each attends to (T, D)."""
        n_frames, feature_dim = frames.shape
        query, key, value = (
            linear(frames).unflatten(-1, (self.heads, -1)).transpose(0, 1)
            for linear in (self.query, self.key, self.value)
        )
        attended = []
        for rows, energies in energy_blocks(query, key):
            placed = energies + positions(rows, n_frames, feature_dim, frames.device)
            attended.append(self.dropout(placed.softmax(dim=-1)) @ value)
        joined: Tensor = self.output(torch.cat(attended, dim=1).transpose(0, 1).flatten(1))
        return joined


class Network(nn.Module):
    """Features of one video to importance scores.

    Args:
        feature_dim: D.
        heads: Of the global attention, over all D.
        segments: M, how many local attentions there are, each of size D / M.
        local_heads: Of each local attention.
        dropout: The share of attention weights, and of numbers before each layer norm, that training drops.
    """

    def __init__(self, feature_dim: int, heads: int, segments: int, local_heads: int, dropout: float) -> None:
        super().__init__()
        self.whole = PositionedAttention(feature_dim, feature_dim, heads, dropout)
        self.local = nn.ModuleList(
            PositionedAttention(feature_dim, feature_dim // segments, local_heads, dropout)
            for _ in range(segments)
        )
        self.regressor = Regressor(feature_dim, dropout, norm_bias=BIAS)

    def forward(self, features: Tensor) -> Tensor:
        """Features (T, D) to importance scores (T,) in [0, 1]."""
        scores: Tensor = self.regressor(features, self.attended(features))
        return scores

    def attended(self, features: Tensor) -> Tensor:
        """Features (T, D) to what is added to them (T, D): global and local attention, at unit length each.

        Segments are of T / M frames, rounded up, so that the last is shorter, and a short video has fewer.
        """
        parts = torch.split(features, math.ceil(len(features) / len(self.local)))
        local = [attention(part) for attention, part in zip(self.local, parts, strict=False)]
        return F.normalize(self.whole(features), dim=-1) + F.normalize(torch.cat(local), dim=-1)
