"""The protocol as torchmetrics classes, for training loops of one's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torchmetrics import Metric

from vsumlab.core.annotations import RankReference
from vsumlab.core.arrays import Numbers, as_array
from vsumlab.core.video import Video
from vsumlab.errors import UserError
from vsumlab.metrics.f1 import f1_of_shots
from vsumlab.metrics.means import nan_mean
from vsumlab.metrics.rank import Floats, kendall_tau, spearman_rho
from vsumlab.metrics.reference import annotator_scores
from vsumlab.summary.keyshots import select_shots


class VideoMean(Metric, ABC):
    """The mean over videos of a metric; videos that lack it are left out.

    Several scorers may be judged at once: each has a mean of its own. Where several processes share the
    videos, each process then needs at least one.
    """

    total: Tensor
    count: Tensor
    higher_is_better = True
    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    @abstractmethod
    def of_video(self, scores: Floats, video: Video) -> Floats:
        """A video's metric () or (D,) from its importance scores (T,) or (D, T); NaN where it has none."""

    def update(self, scores: Numbers, video: Video) -> None:
        """Takes in the importance scores of an annotated video.

        Args:
            scores: (T,), or (D, T) of D scorers, as many for each video: a tensor, an array or lists.
            video: The video.

        Raises:
            UserError: If there were other scorers before.
        """
        values = self.of_video(as_array(scores).astype(np.float64, copy=False), video)
        if self.total.shape != values.shape:
            if self.count.any():
                raise UserError(
                    f"{video.key}: found scores of more or fewer scorers than before: give (T,) for each "
                    "video, or (D, T) with the same D"
                )
            self.total, self.count = self.total.new_zeros(values.shape), self.count.new_zeros(values.shape)
        valid = ~np.isnan(values)
        self.total += torch.as_tensor(np.where(valid, values, 0.0)).to(self.total)
        self.count += torch.as_tensor(valid).to(self.count)

    def compute(self) -> Tensor:
        """The mean over videos, () or (D,); NaN where there is none."""
        return self.total / self.count


class KeyShotF1(VideoMean):
    """F1 in [0, 1] of key-shot summaries, by mean (TVSum) or maximum (SumMe) over annotators.

    >>> import numpy as np
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(7), 7, np.stack([np.arange(7), np.arange(7)], axis=1))
    >>> people = Annotations(np.eye(2, 7, dtype=bool), np.empty((0, 7)))  # a frame each
    >>> video = Video("video_1", torch.zeros(7, 1), timeline, people)
    >>> mean, best = KeyShotF1("mean"), KeyShotF1("max")
    >>> scores = torch.tensor([0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])  # the summary has one frame, frame 0
    >>> mean.update(scores, video)
    >>> best.update(scores, video)
    >>> float(mean.compute()), float(best.compute())
    (0.5, 1.0)
    """

    def __init__(self, reduction: Literal["mean", "max"]) -> None:
        super().__init__()
        self.reduction = reduction

    def of_video(self, scores: Floats, video: Video) -> Floats:
        """F1 of the video's summary."""
        f1 = f1_of_shots(select_shots(scores, video.timeline), video.timeline, video.annotated.user_summary)
        return np.asarray(f1.mean(axis=-1) if self.reduction == "mean" else f1.max(axis=-1))


class RankCorrelation(VideoMean):
    """A rank correlation of importance scores with each annotator's, its mean over annotators."""

    def __init__(self, reference: RankReference) -> None:
        super().__init__()
        self.reference: RankReference = reference

    @abstractmethod
    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """Scores (T,) or (D, T) and annotators' scores (U, T) to correlations (U,) or (D, U)."""

    def of_video(self, scores: Floats, video: Video) -> Floats:
        """The mean over annotators who have one."""
        annotators = annotator_scores(video, self.reference)
        ranked = scores[..., : annotators.shape[1]]
        return np.asarray(nan_mean(self.correlation(ranked, annotators)))


class KendallTau(RankCorrelation):
    """Kendall's tau-b in [-1, 1].

    >>> import numpy as np
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.array([[0, 2]]))
    >>> people = Annotations(np.zeros((1, 3), dtype=bool), np.array([[1.0, 2.0, 5.0]]))
    >>> tau = KendallTau("user_scores")
    >>> tau.update(torch.tensor([0.1, 0.9, 0.5]), Video("video_1", torch.zeros(3, 1), timeline, people))
    >>> round(float(tau.compute()), 3)
    0.333
    """

    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """See `kendall_tau`."""
        return kendall_tau(scores, annotators)


class SpearmanRho(RankCorrelation):
    """Spearman's rho in [-1, 1].

    >>> import numpy as np
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.array([[0, 2]]))
    >>> people = Annotations(np.zeros((1, 3), dtype=bool), np.array([[1.0, 2.0, 5.0]]))
    >>> rho = SpearmanRho("user_scores")
    >>> rho.update(torch.tensor([0.1, 0.9, 0.5]), Video("video_1", torch.zeros(3, 1), timeline, people))
    >>> round(float(rho.compute()), 3)
    0.5
    """

    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """See `spearman_rho`."""
        return spearman_rho(scores, annotators)
