"""One item of a dataset: what a method sees of it, and what it is evaluated by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from vsumlab.core.annotations import Annotations
from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError


class Timing(NamedTuple):
    """Where a video's picks lie in time, for methods whose scales are seconds or that look at shots.

    Attributes:
        rate: Picks a second.
        shots: (T,) int64, which shot each pick is in, in rising order.
    """

    rate: float
    shots: Tensor

    @classmethod
    def of(cls, timeline: Timeline) -> Timing:
        """A timeline's."""
        return cls(timeline.rate, torch.from_numpy(timeline.shot_of_pick))


class VideoFeatures(NamedTuple):
    """What a method sees of a video.

    Attributes:
        key: The group in the feature file, such as `video_12`.
        features: (T, D) float32, the frame features at the picks; uint8 where they are quantized, as those of
            YouTube-8M.
        gtscore: (T,) float32 in [0, 1], the annotators' mean importance; None where the file lacks it.
        timing: None for a video that is only trained on, whose file need not have picks and shots.
    """

    key: str
    features: Tensor
    gtscore: Tensor | None = None
    timing: Timing | None = None


@dataclass(frozen=True, eq=False)
class Video:
    """A video that can be summarised and, where people have annotated it, evaluated.

    Attributes:
        key: The group in the feature file, such as `video_12`.
        features: (T, D) float32, the frame features at the picks.
        timeline: Its picks, frames and shots.
        annotations: What people said of it; None for a video that nobody has annotated.
    """

    key: str
    features: Tensor
    timeline: Timeline
    annotations: Annotations | None = None

    def __repr__(self) -> str:
        people = "no annotators" if self.annotations is None else self.annotations.description
        dim = self.features.shape[-1]
        return f"Video({self.key!r}, {self.timeline.description}, features of {dim} dimensions, {people})"

    @property
    def n_picks(self) -> int:
        """T."""
        return self.timeline.n_picks

    @property
    def timing(self) -> Timing:
        """Where its picks lie in time."""
        return Timing.of(self.timeline)

    @property
    def annotated(self) -> Annotations:
        """The annotations.

        Raises:
            UserError: If there are none.

        >>> import numpy as np, torch
        >>> timeline = Timeline(np.array([0, 15]), 30, np.array([[0, 29]]))
        >>> Video("mine", torch.zeros(2, 8), timeline).annotated
        Traceback (most recent call last):
            ...
        vsumlab.errors.UserError: mine: nobody has annotated it: evaluate videos that have a user_summary
        """
        if self.annotations is None:
            raise UserError(f"{self.key}: nobody has annotated it: evaluate videos that have a user_summary")
        return self.annotations
