"""YouTube-8M's quantisation of features to bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

LOW, HIGH = -2.0, 2.0
"""The range of the features that the bytes stand for."""


def dequantize(features: torch.Tensor) -> torch.Tensor:
    """Features as YouTube-8M's own readers give them: x * 4/255 + 4/512 - 2.

    `Dequantize` in `utils.py` of https://github.com/google/youtube-8m; the middle term is half a step there.

    Args:
        features: uint8 of any shape, on any device.

    Returns:
        float32 of the same shape on the same device, from -1.9922 to 2.0078.
    """
    width = HIGH - LOW
    return features.to(torch.float32) * (width / 255) + (width / 512 + LOW)


def as_floats(features: torch.Tensor) -> torch.Tensor:
    """Features of any shape, dequantized where they are bytes."""
    return dequantize(features) if features.dtype == torch.uint8 else features


def quantize(features: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Features to the bytes that stand for what is nearest to them, for the demo and the tests."""
    width = HIGH - LOW
    steps = (features.astype(np.float64) - (width / 512 + LOW)) * (255 / width)
    return np.clip(np.rint(steps), 0, 255).astype(np.uint8)
