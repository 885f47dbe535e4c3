"""The deep summarization network: a bidirectional LSTM that gives each frame a probability of selection."""

from __future__ import annotations

from torch import Tensor, nn

from vsumlab.methods.common.bilstm import BiLSTM


class SummarizationNetwork(nn.Module):
    """Features to the logits of p_t = sigmoid(W h_t) (eq. 1)."""

    def __init__(self, feature_dim: int, hidden_size: int) -> None:
        super().__init__()
        self.bilstm = BiLSTM(feature_dim, hidden_size)
        self.output = nn.Linear(2 * hidden_size, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Features (B, T, D) and lengths (B,) to logits (B, T), float32 also under autocast."""
        logits: Tensor = self.output(self.bilstm(features, lengths)).squeeze(-1).float()
        return logits
