"""Noise for tests that are not about it."""

import torch

from vsumlab.methods.noise import Noise


def some_noise(n_videos: int = 1, seed: int = 0) -> Noise:
    """That of a few videos."""
    return Noise(seed, 0, [f"video_{i}" for i in range(n_videos)], torch.device("cpu"))
