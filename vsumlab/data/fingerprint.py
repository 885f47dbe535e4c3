"""What tells a video's features from any other's, however they are stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.data.youtube8m.quantization import dequantize

TOLERANCE = 1e-5
"""How far the cosine of two mean directions may be from 1: float16 and even bytes move it by 1e-6 or less."""


class Fingerprint(NamedTuple):
    """How many frames a video has and which way they point.

    Rounding, scale and normalisation of features leave it as it is, so the same video is known in float32,
    float16 or bytes. Order does not enter.

    Attributes:
        n_picks: T.
        direction: (D,) float32, the unit mean of its unit features.
    """

    n_picks: int
    direction: npt.NDArray[np.float32]


def fingerprint(features: Tensor) -> Fingerprint:
    """The fingerprint of features (T, D), floats or bytes."""
    numbers = dequantize(features) if features.dtype == torch.uint8 else features
    mean = F.normalize(numbers, dim=-1).mean(dim=0)
    return Fingerprint(len(features), F.normalize(mean, dim=0).numpy())


def twins(ours: Sequence[Fingerprint], theirs: Sequence[Fingerprint]) -> Iterator[tuple[int, int]]:
    """The pairs of indices, one of ours and one of theirs, of fingerprints that are of the same features."""
    by_length: defaultdict[int, list[int]] = defaultdict(list)
    for index, one in enumerate(theirs):
        by_length[one.n_picks].append(index)
    for index, one in enumerate(ours):
        candidates = by_length.get(one.n_picks, [])
        if candidates:
            cosines = np.stack([theirs[candidate].direction for candidate in candidates]) @ one.direction
            for match in np.flatnonzero(cosines > 1 - TOLERANCE):
                yield index, candidates[match]
