"""A padded batch of made-up scores, and each video's alone."""

import numpy as np
import torch

LENGTHS = (1, 2, 5, 6, 11)


def padded_scores() -> torch.Tensor:
    """Scores (B, T), in the padding too."""
    return torch.from_numpy(np.random.default_rng(0).random((len(LENGTHS), max(LENGTHS)))).float()


def own_frames() -> torch.Tensor:
    """(B, T) bool, true at a video's own frames."""
    return torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS).unsqueeze(-1)


def each(scores: torch.Tensor) -> list[np.ndarray]:
    """The scores of each video alone."""
    return [row[:length].double().numpy() for row, length in zip(scores, LENGTHS, strict=True)]
