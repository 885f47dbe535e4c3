"""The two lightweight Transformers: the projector G (sec. 4.3) and the uniqueness filter H (sec. 4.4)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

MODEL, HEAD, FEED_FORWARD, N_LAYERS = 256, 64, 512, 4
"""The authors' sizes: of frames inside the network, of an attention head, of the hidden layer between."""


class Layer(nn.Module):
    """A post-norm Transformer layer without positions: self-attention, then two linear maps.

    Args:
        heads: How many attention heads, each of size HEAD.
        dropout: Of attention weights.
    """

    def __init__(self, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query_key_value = nn.Linear(MODEL, 3 * heads * HEAD, bias=False)
        self.attended = nn.Linear(heads * HEAD, MODEL, bias=False)
        self.attention_norm = nn.LayerNorm(MODEL)
        self.feed_forward = nn.Sequential(
            nn.Linear(MODEL, FEED_FORWARD), nn.ReLU(), nn.Linear(FEED_FORWARD, MODEL)
        )
        self.feed_forward_norm = nn.LayerNorm(MODEL)

    def forward(self, frames: Tensor) -> Tensor:
        """(B, T, MODEL) to the same shape."""
        query, key, value = (
            part.unflatten(-1, (self.heads, HEAD)).transpose(1, 2)
            for part in self.query_key_value(frames).chunk(3, dim=-1)
        )
        dropout = self.dropout if self.training else 0.0
        attended = F.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        attended = self.attended(attended.transpose(1, 2).flatten(2))
        frames = self.attention_norm(frames + attended)
        normed: Tensor = self.feed_forward_norm(frames + self.feed_forward(frames))
        return normed


class Projector(nn.Module):
    """G: frozen features to refined ones, before their normalisation.

    Args:
        feature_dim: D.
        heads: Of each layer.
        dropout: Of attention weights.
    """

    def __init__(self, feature_dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        layers = (Layer(heads, dropout) for _ in range(N_LAYERS))
        self.layers = nn.Sequential(nn.Linear(feature_dim, MODEL), nn.LayerNorm(MODEL), *layers)

    def forward(self, features: Tensor) -> Tensor:
        """(B, T, D) to (B, T, MODEL); all B videos have T frames, there is no padding."""
        outputs: Tensor = self.layers(features)
        return outputs


class UniquenessFilter(nn.Module):
    """H: refined features to the logits of how unique a frame is to its video.

    Args:
        heads: Of its attention.
        dropout: Of attention weights.
    """

    def __init__(self, heads: int, dropout: float) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Layer(heads, dropout), nn.Linear(MODEL, MODEL), nn.ReLU(), nn.Linear(MODEL, 1)
        )

    def forward(self, refined: Tensor) -> Tensor:
        """(B, T, MODEL) to (B, T)."""
        logits: Tensor = self.layers(refined).squeeze(-1)
        return logits
