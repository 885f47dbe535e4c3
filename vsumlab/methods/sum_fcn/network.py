"""FCN-16s along time: what labels each frame, and what restores the features of some."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vsumlab.methods.common.batch_norm import BatchNorm

WIDTHS = (64, 128, 256, 512, 512)
"""Channels of the five blocks, those of FCN-16s."""

DEPTHS = (2, 2, 3, 3, 3)
"""Convolutions of each block."""


def block(in_channels: int, channels: int, depth: int) -> nn.Sequential:
    """Some convolutions of three frames, and a pooling that halves their number, rounded up."""
    layers: list[nn.Module] = []
    for size in (in_channels, *(channels for _ in range(depth - 1))):
        convolution = nn.Conv1d(size, channels, 3, padding=1, bias=False)  # which normalization takes off
        layers += [convolution, BatchNorm(channels), nn.ReLU()]
    return nn.Sequential(*layers, nn.MaxPool1d(2, ceil_mode=True))


def upsampling(factor: int) -> nn.ConvTranspose1d:
    """A deconvolution of two channels that at first interpolates linearly, as in FCN."""
    layer = nn.ConvTranspose1d(2, 2, 2 * factor, stride=factor, padding=factor // 2, bias=False)
    places = torch.arange(2 * factor)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[range(2), range(2)] = 1 - (places - factor + 0.5).abs() / factor
    return layer


class FullyConvolutional(nn.Module):
    """Frames to two numbers each, for no key frame and for one, by what lies around them at five scales."""

    def __init__(self, feature_dim: int, hidden_size: int, dropout: float) -> None:
        super().__init__()
        sizes = zip((feature_dim, *WIDTHS), WIDTHS, DEPTHS, strict=False)
        self.blocks = nn.ModuleList(block(*each) for each in sizes)
        self.top = nn.Sequential(
            *(nn.Conv1d(WIDTHS[-1], hidden_size, 7, padding=3), nn.ReLU(), nn.Dropout(dropout)),
            *(nn.Conv1d(hidden_size, hidden_size, 1), nn.ReLU(), nn.Dropout(dropout)),
            nn.Conv1d(hidden_size, 2, 1),
        )
        self.skip = nn.Conv1d(WIDTHS[3], 2, 1)
        self.twice, self.sixteenfold = upsampling(2), upsampling(16)

    def forward(self, features: Tensor) -> Tensor:
        """Features (B, T, D) to (B, T, 2)."""
        pooled = features.mT
        for each in self.blocks[:4]:
            pooled = each(pooled)
        above = self.twice(self.top(self.blocks[4](pooled)))
        merged = above[..., : pooled.shape[-1]] + self.skip(pooled)
        decoded: Tensor = self.sixteenfold(merged)[..., : features.shape[1]]
        return decoded.mT


class Restorer(nn.Module):
    """Decoded frames and, by a skip connection, their features to these features again.

    At first it restores features nearly as they are: merging starts as the identity, and what is expanded
    from two numbers is at most sqrt(2) times as long as these.
    """

    def __init__(self, feature_dim: int) -> None:
        super().__init__()
        self.expand = nn.Linear(2, feature_dim)  # convolutions of one frame
        self.merge = nn.Linear(feature_dim, feature_dim)
        nn.init.uniform_(self.expand.weight, -(feature_dim**-0.5), feature_dim**-0.5)
        nn.init.zeros_(self.expand.bias)
        nn.init.eye_(self.merge.weight)
        nn.init.zeros_(self.merge.bias)

    def forward(self, decoded: Tensor, features: Tensor) -> Tensor:
        """Decoded frames (B, K, 2) and features (B, K, D) to features (B, K, D)."""
        restored: Tensor = self.merge(self.expand(decoded) + features)
        return restored
