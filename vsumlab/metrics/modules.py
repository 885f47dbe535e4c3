"""The protocol as torchmetrics classes, for training loops of one's own."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor
from torchmetrics import Metric

from vsumlab.data.video import Video
from vsumlab.metrics.protocol import METRICS, RankReference, evaluate_scores


class VideoMean(Metric):
    """The mean over videos of one of the protocol's figures; videos without it are left out.

    Args:
        metric: Which of `METRICS`.
        reference: What rank correlations are computed against.
    """

    total: Tensor
    count: Tensor
    higher_is_better = True
    full_state_update = False

    def __init__(self, metric: str, reference: RankReference = "user_scores") -> None:
        super().__init__()
        self.column = METRICS.index(metric)
        self.reference: RankReference = reference
        self.add_state("total", torch.zeros((), dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.zeros((), dtype=torch.int64), dist_reduce_fx="sum")

    def update(self, scores: Tensor, video: Video) -> None:
        """Takes in the importance scores (T,) of an annotated video."""
        values = scores.detach().to("cpu", torch.float64).numpy()[None]  # NumPy has no bfloat16
        figure = float(evaluate_scores(values, video, self.reference)[0, self.column])
        if not math.isnan(figure):
            self.total += figure
            self.count += 1

    def compute(self) -> Tensor:
        """The mean over videos, NaN where there is none."""
        return self.total / self.count


class KeyShotF1(VideoMean):
    """F1 in [0, 1] of key-shot summaries, by mean (TVSum) or maximum (SumMe) over annotators."""

    def __init__(self, reduction: Literal["mean", "max"]) -> None:
        super().__init__(f"f1_{reduction}")


class KendallTau(VideoMean):
    """Kendall's tau-b of importance scores, averaged over annotators."""

    def __init__(self, reference: RankReference) -> None:
        super().__init__("kendall_tau", reference)


class SpearmanRho(VideoMean):
    """Spearman's rho of importance scores, averaged over annotators."""

    def __init__(self, reference: RankReference) -> None:
        super().__init__("spearman_rho", reference)
