"""What the methods that learn nothing share: each video by itself, by a curve or by some of its frames."""

from __future__ import annotations

from abc import abstractmethod

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.core.video import Timing
from vsumlab.methods.common.shapes import in_picks, scaled_to_unit, shaped
from vsumlab.methods.summarizer import Summarizer


class Reference(Summarizer):
    """A method without parameters, which scores a video by its own unit features alone."""

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D), as of videos without a timing."""
        return self.one_by_one(features, lengths)

    @torch.no_grad()
    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """The scores of one video (T, D) by its unit features."""
        scores = self.of_frames(F.normalize(features.float(), dim=-1), timing)
        return {self.main_scorer: scores.to(features.device, torch.float32)}

    @abstractmethod
    def of_frames(self, frames: Tensor, timing: Timing | None) -> Tensor:
        """Scores (T,) in [0, 1] of unit features (T, D)."""


class KeyFrameReference(Reference):
    """A reference that chooses frames to stand for the video."""

    def of_frames(self, frames: Tensor, timing: Timing | None) -> Tensor:
        """1 at the key frames of (T, D), 0 at all others (T,)."""
        return of_key_frames(self.key_frames(frames), len(frames))

    @abstractmethod
    def key_frames(self, frames: Tensor) -> Tensor:
        """The places (K,) of the frames that stand for a video (T, D)."""


def steps(frames: Tensor) -> Tensor:
    """The distances (T - 1,) between neighbouring frames (T, D).

    >>> steps(torch.tensor([[0.0], [1.0], [4.0]]))
    tensor([1., 3.])
    """
    found: Tensor = (frames[1:] - frames[:-1]).norm(dim=-1)
    return found


def of_curve(values: Tensor, smoothing_seconds: float, timing: Timing | None) -> Tensor:
    """Scores (T,) by a number a frame (T,): their ranks, smoothed in time and scaled to [0, 1]."""
    return scaled_to_unit(shaped(values, in_picks(smoothing_seconds, timing)))


def of_key_frames(places: Tensor, n_frames: int) -> Tensor:
    """Scores (T,) by the places (K,) of frames that stand for the video: 1 there, 0 at all others.

    A shot's score is then its number of key frames over its length, but for a key frame whose pick reaches
    into the next shot: the field's way from key frames to key shots.

    >>> of_key_frames(torch.tensor([1, 3]), 4)
    tensor([0., 1., 0., 1.])
    """
    scores = torch.zeros(n_frames)
    scores[places] = 1
    return scores
