"""One item of a dataset: what a method sees of it, and what it is evaluated by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from vsumlab.core.annotations import Annotations
from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError


class VideoFeatures(NamedTuple):
    """What a method sees of a video.

    Attributes:
        key: The group in the feature file, such as `video_12`.
        features: (T, D) float32, the frame features at the picks; uint8 where they are quantized, as those of
            YouTube-8M.
        gtscore: (T,) float32 in [0, 1], the annotators' mean importance; None where the file lacks it.
    """

    key: str
    features: Tensor
    gtscore: Tensor | None = None


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

    @property
    def n_picks(self) -> int:
        """T."""
        return self.timeline.n_picks

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
