"""What a method can show of how it scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Curve = npt.NDArray[np.float32]


class Anchor(NamedTuple):
    """A frame that shows what two criteria do (contrastive paper, fig. 3).

    Attributes:
        meaning: Which of the two are high there: the `first` alone, `both`, or the `second` alone.
        pick: The frame, as an index among the picks.
        neighbours: Its nearest neighbours among the video's frames, likewise.
    """

    meaning: Literal["first", "both", "second"]
    pick: int
    neighbours: tuple[int, ...]


class Explanation(NamedTuple):
    """What a method can show of a video of T picks.

    Attributes:
        curves: What its scores are made of, (T,) each, by name, in units of their own.
        pairs: Two curves' names, and the frames that show what the two do.
    """

    curves: Mapping[str, Curve]
    pairs: Mapping[tuple[str, str], tuple[Anchor, ...]]


NOTHING = Explanation({}, {})
