"""CA-SUM's concentrated attention, before the regressor."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.methods.ca_sum.concentration import block_sums, dissimilarity, diversity, entropy, same_block
from vsumlab.methods.common.attention import energy_blocks
from vsumlab.methods.common.xavier import xavier_linear


class ConcentratedAttention(nn.Module):
    """Self-attention that is kept within blocks, and enriched by how unique and how diverse frames are.

    Args:
        feature_dim: D.
        block_size: M.
    """

    def __init__(self, feature_dim: int, block_size: int) -> None:
        super().__init__()
        self.block_size = block_size
        self.query = xavier_linear(feature_dim, feature_dim, bias=False)
        self.key = xavier_linear(feature_dim, feature_dim, bias=False)
        self.value = xavier_linear(feature_dim, feature_dim, bias=False)
        self.output = xavier_linear(feature_dim + 2, feature_dim, bias=False)

    def forward(self, features: Tensor) -> Tensor:
        """Features (T, D) to what is added to them (T, D)."""
        value = self.value(features)
        attended, entropies, diversities = [], [], []
        for rows, energies in energy_blocks(self.query(features), self.key(features)):
            inside = same_block(rows, len(features), self.block_size, features.device)
            log_weights = energies.log_softmax(dim=-1)
            weights = log_weights.exp()
            attended.append((weights * inside) @ value)
            entropies.append(entropy(log_weights.detach()))
            diversities.append(diversity(weights, dissimilarity(features, rows), inside))
        uniqueness, diverse = F.normalize(torch.cat(entropies), p=1, dim=0), torch.cat(diversities)
        # every frame of a block gets the same sum: a frame's diversity is added to all its weights there
        mixed = torch.cat(attended) + block_sums(diverse.unsqueeze(-1) * value, self.block_size)
        characteristics = torch.stack([uniqueness, diverse], dim=-1).detach()
        enriched: Tensor = self.output(torch.cat([mixed, characteristics], dim=-1))
        return enriched
