"""The decoder of the attention auto-encoder."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.core.batch import length_mask
from vsumlab.methods.common.bilstm import mirrored
from vsumlab.methods.common.lstm import LSTM
from vsumlab.methods.common.vae_gan import last_hidden


class AttentionDecoder(nn.Module):
    """Restores a video from its end, each frame from what it attends to of the encoder's states.

    One LSTM makes the states that attention starts from, a second one reads what attention finds.
    """

    def __init__(self, hidden_size: int) -> None:
        super().__init__()
        self.asking = LSTM(hidden_size, hidden_size)
        self.attention = nn.Linear(hidden_size, hidden_size, bias=False)  # W_a
        self.restoring = LSTM(hidden_size, hidden_size)

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """The encoder's states (B, T, H) to restored features (B, T, H); in the padding they mean nothing."""
        backwards = mirrored(states, lengths)
        asked, _ = self.asking(backwards)
        first = last_hidden(states, lengths).unsqueeze(1)  # H_e, before any frame is restored
        queries = torch.cat([first, asked[:, :-1]], dim=1)
        restored, _ = self.restoring(attended(self.attention(queries), states, lengths))
        return mirrored(restored, lengths)


def attended(queries: Tensor, states: Tensor, lengths: Tensor) -> Tensor:
    """nu'_t = sum_i softmax_i(nu_i^T q_t) nu_i, what each query finds among a video's own states.

    Args:
        queries: (B, T, H), W_a times the decoder's states.
        states: (B, T, H), the encoder's, nu.
        lengths: (B,) int64, each video's number of frames.

    Returns:
        (B, T, H).
    """
    own = length_mask(lengths, states.shape[1]).unsqueeze(1)
    return F.scaled_dot_product_attention(queries, states.to(queries), states.to(queries), own, scale=1.0)
