"""The importance scorer: chunk and stride streams, difference attention and their fusion (fig. 1)."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.methods.common.bilstm import BiLSTM
from vsumlab.methods.csnet.streams import Sequences, chunk_sequences, merge, split, stride_sequences


class Stream(nn.Module):
    """One BiLSTM, shared by the M sequences, and a fully connected layer: c' or s' of fig. 1."""

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.lstm = BiLSTM(hidden_size, hidden_size)
        self.output = nn.Linear(2 * hidden_size, 1)

    def forward(self, reduced: Tensor, sequences: Sequences) -> Tensor:
        """Reduced features (B, T, H) to one logit a frame, in frame order (B, T)."""
        hidden = self.lstm(split(reduced, sequences).flatten(0, 1), sequences.sizes.flatten())
        logits = self.output(hidden).view_as(sequences.positions)
        return merge(logits, sequences, n_frames=reduced.shape[1])


class DifferenceAttention(nn.Module):
    """How much the features change over 1, 2 and 4 frames, as one number d_t a frame (eq. 8-11).

    Args:
        feature_dim: D.
        nonnegative: Whether no weight starts below 0, so that at first change raises importance.
        unit_length: Whether frames are scaled to length 1 first: the layers' weights then give numbers of the
            size of the streams' logits, so that neither drowns the other.
    """

    STRIDES = (1, 2, 4)

    def __init__(self, feature_dim: int, nonnegative: bool = False, unit_length: bool = False) -> None:
        super().__init__()
        self.unit_length = unit_length
        layers = [nn.Linear(feature_dim, 1) for _ in self.STRIDES]
        self.layers = nn.ModuleList(layers)
        if nonnegative:
            with torch.no_grad():
                for layer in layers:
                    layer.weight.abs_()

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Features (B, T, D) to d (B, T).

        Frames past the end of a video are taken to repeat its last one, so the difference at the very end
        is 0.
        """
        if self.unit_length:
            features = F.normalize(features, dim=-1)
        frames = torch.arange(features.shape[1], device=features.device)
        attention = features.new_zeros(features.shape[:2])
        for stride, layer in zip(self.STRIDES, self.layers, strict=True):
            later = (frames + stride).minimum(lengths.unsqueeze(-1) - 1).clamp(min=0)
            difference = (features.gather(1, later.unsqueeze(-1).expand_as(features)) - features).abs()
            attention = attention + layer(difference).squeeze(-1)
        return attention


class Scorer(nn.Module):
    """Frame features to importance scores.

    With `chunk_stride` the scores fuse the two streams (eq. 5-7); without it one BiLSTM reads the whole
    video, p = sigmoid(c' + d), as in the rows of table 2 that leave CSNet out.

    Args:
        feature_dim: D.
        hidden_size: What features are reduced to, and the size of the LSTMs.
        divisions: M.
        chunk_stride: Whether to use the chunk and stride streams.
        difference_attention: Whether to add d_t to the streams' logits.
        nonnegative_start: Whether the weights of d_t start at or above 0.
        unit_differences: Whether d_t is made of frames of length 1.
    """

    def __init__(
        self,
        feature_dim: int,
        hidden_size: int,
        divisions: int,
        chunk_stride: bool,
        difference_attention: bool,
        nonnegative_start: bool = False,
        unit_differences: bool = False,
    ) -> None:
        super().__init__()
        self.divisions = divisions
        self.reduce = nn.Linear(feature_dim, hidden_size)
        self.difference_attention = (
            DifferenceAttention(feature_dim, nonnegative_start, unit_differences)
            if difference_attention
            else None
        )
        self.chunk = Stream(hidden_size)
        self.stride = Stream(hidden_size) if chunk_stride else None
        self.fusion = nn.Parameter(torch.zeros(2)) if chunk_stride else None

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Scores a batch.

        Args:
            features: (B, T, D), padded at the end.
            lengths: (B,) int64, each video's number of frames, at least 1.

        Returns:
            (B, T) importance scores in [0, 1]; what stands in the padding means nothing.
        """
        reduced = self.reduce(features)
        attention = features.new_zeros(features.shape[:2])  # float32, so scores are, also under autocast
        if self.difference_attention is not None:
            attention = self.difference_attention(features, lengths)
        if self.stride is None or self.fusion is None:
            whole = chunk_sequences(lengths, divisions=1)
            return torch.sigmoid(self.chunk(reduced, whole) + attention)
        chunk = self.chunk(reduced, chunk_sequences(lengths, self.divisions))
        stride = self.stride(reduced, stride_sequences(lengths, self.divisions))
        return fuse(torch.sigmoid(chunk + attention), torch.sigmoid(stride + attention), self.fusion)


def fuse(chunk_scores: Tensor, stride_scores: Tensor, logits: Tensor) -> Tensor:
    """The learnable weighted sum of both streams' scores (eq. 7), kept in [0, 1] by softmax weights.

    Args:
        chunk_scores: (B, T) p1 of eq. 5.
        stride_scores: (B, T) p2 of eq. 6.
        logits: (2,) the weights before the softmax.
    """
    weights = logits.softmax(dim=0)
    return weights[0] * chunk_scores + weights[1] * stride_scores
