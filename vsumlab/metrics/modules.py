"""The protocol as torchmetrics classes, for training loops of one's own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Literal

import torch
from torch import Tensor
from torchmetrics import Metric

from vsumlab.data.video import Video
from vsumlab.metrics.protocol import Floats, RankReference, annotator_scores, f1_of_shots, mean_of_known
from vsumlab.metrics.rank import kendall_tau, spearman_rho
from vsumlab.summary.keyshots import select_shots


class VideoMean(Metric, ABC):
    """The mean over videos of a figure; videos that have none are left out."""

    total: Tensor
    count: Tensor
    higher_is_better = True
    full_state_update = False

    def __init__(self) -> None:
        super().__init__()
        self.add_state("total", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    @abstractmethod
    def figure(self, scores: Floats, video: Video) -> float:
        """A video's figure from its importance scores (T,); NaN where it has none."""

    def update(self, scores: Tensor, video: Video) -> None:
        """Takes in the importance scores (T,) of an annotated video."""
        figure = self.figure(scores.detach().to("cpu", torch.float64).numpy(), video)
        if not math.isnan(figure):
            self.total += figure
            self.count += 1

    def compute(self) -> Tensor:
        """The mean over videos, NaN where there is none."""
        return self.total / self.count


class KeyShotF1(VideoMean):
    """F1 in [0, 1] of key-shot summaries, by mean (TVSum) or maximum (SumMe) over annotators."""

    def __init__(self, reduction: Literal["mean", "max"]) -> None:
        super().__init__()
        self.reduction = reduction

    def figure(self, scores: Floats, video: Video) -> float:
        """F1 of the video's summary."""
        f1 = f1_of_shots(select_shots(scores, video)[None], video)
        return float(f1.mean() if self.reduction == "mean" else f1.max())


class RankCorrelation(VideoMean):
    """A rank correlation of importance scores with each annotator's, its mean over annotators."""

    def __init__(self, reference: RankReference) -> None:
        super().__init__()
        self.reference: RankReference = reference

    @abstractmethod
    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """Scores (1, T) and annotators' scores (U, T) to correlations (1, U)."""

    def figure(self, scores: Floats, video: Video) -> float:
        """The mean over annotators who have one."""
        annotators = annotator_scores(video, self.reference)
        ranked = scores[None, : annotators.shape[1]]
        return float(mean_of_known(self.correlation(ranked, annotators))[0])


class KendallTau(RankCorrelation):
    """Kendall's tau-b in [-1, 1]."""

    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """See `kendall_tau`."""
        return kendall_tau(scores, annotators)


class SpearmanRho(RankCorrelation):
    """Spearman's rho in [-1, 1]."""

    def correlation(self, scores: Floats, annotators: Floats) -> Floats:
        """See `spearman_rho`."""
        return spearman_rho(scores, annotators)
