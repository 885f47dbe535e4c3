"""A stack of bidirectional LSTMs that scores frames."""

from __future__ import annotations

from torch import Tensor, nn

from vsumlab.methods.common.bilstm import BiLSTM


class LSTMScorer(nn.Module):
    """Bidirectional LSTMs, each reading what the one before gives, and a sigmoid unit a frame."""

    def __init__(self, feature_dim: int, hidden_size: int, layers: int) -> None:
        super().__init__()
        sizes = (feature_dim, *(2 * hidden_size for _ in range(layers)))
        self.lstms = nn.ModuleList(BiLSTM(size, hidden_size) for size in sizes[:-1])
        self.output = nn.Linear(2 * hidden_size, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Features (B, T, D) to scores (B, T) in [0, 1]; what stands in the padding means nothing."""
        return self.logits(features, lengths).sigmoid()

    def logits(self, features: Tensor, lengths: Tensor) -> Tensor:
        """The scores (B, T) before the sigmoid, float32 also under autocast."""
        hidden = features
        for lstm in self.lstms:
            hidden = lstm(hidden, lengths)
        logits: Tensor = self.output(hidden).squeeze(-1).float()
        return logits
