"""What tells a video's features from any other's, however they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.data.quantization import as_floats

CLOSE = 5e-3
"""How far the cosine of two fingerprints of one video may be from 1.

Unit vectors of TVSum, which use little of the range that bytes have, move by 3e-4 where they are stored in
bytes, clipped ones by 5e-3; the nearest two different videos of TVSum are 5e-2 apart.
"""
SAME = 5e-2
"""The same for the mean over single frames, which bytes move by 1e-2."""
LENGTHS = 0.02
"""By what share numbers of frames may differ: some extract the last frame, some do not."""


class Fingerprint(NamedTuple):
    """How many frames a video has and which way they point.

    Rounding, scale and normalisation of features hardly change it, so the same video is recognised in
    float32, float16 or bytes. Order does not enter.

    Attributes:
        n_picks: T.
        direction: (D,) float32, the unit mean of its unit features.
    """

    n_picks: int
    direction: npt.NDArray[np.float32]


def unit(features: Tensor) -> Tensor:
    """Features (T, D), floats or bytes, as unit vectors; zeros stay."""
    numbers = as_floats(features)
    largest = numbers.abs().amax(dim=-1, keepdim=True)
    return F.normalize(numbers / torch.where(largest > 0, largest, 1.0), dim=-1)


def fingerprint(features: Tensor) -> Fingerprint:
    """The fingerprint of features (T, D)."""
    return Fingerprint(len(features), F.normalize(unit(features).mean(dim=0), dim=0).numpy())


def close(
    ours: Sequence[Fingerprint], theirs: Sequence[Fingerprint], tolerance: float = CLOSE
) -> Iterator[tuple[int, int]]:
    """The pairs of indices, one of ours and one of theirs, of fingerprints that may be of the same video."""
    if not ours or not theirs:
        return
    directions = np.stack([one.direction for one in theirs])
    lengths = np.array([one.n_picks for one in theirs])
    for index, one in enumerate(ours):
        near = directions @ one.direction > 1 - tolerance
        like = abs(lengths - one.n_picks) <= np.maximum(1, LENGTHS * lengths)
        for match in np.flatnonzero(near & like):
            yield index, int(match)


def same_video(ours: Tensor, theirs: Tensor) -> bool:
    """Whether features (T, D) and (T', D) agree frame by frame, from the first on or from the last back."""
    frames = min(len(ours), len(theirs))
    a, b = unit(ours), unit(theirs)
    return any(
        float((x * y).sum(dim=-1).mean()) > 1 - SAME
        for x, y in ((a[:frames], b[:frames]), (a[-frames:], b[-frames:]))
    )
