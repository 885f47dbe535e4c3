"""What can be chosen of the contrastive criteria, each by a switch of the same name in `conf/method`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vsumlab.entries import (
    check_fractions,
    check_positive,
    check_shares,
    check_switches,
    check_weights,
    check_whole,
    refusal,
)
from vsumlab.errors import UserError


@dataclass(frozen=True)
class ContrastiveHyperparameters:
    """The hyper-parameters of the contrastive criteria; README.md has the paper's and its code's values.

    Attributes:
        refine: Train a projector of the features (sec. 4.3); else the criteria are those of the frozen ones.
        uniqueness: Train the projector with the uniqueness loss and the filter (eq. 11), else without
            (eq. 8).
        neighbour_share: a, how much of a video is a frame's neighbourhood.
        neighbour_itself: Whether K = int(aT) and a frame is its own neighbour, or K = aT rounded of others.
        consistency_itself: Whether the mean of eq. 5 and 7 is over all T frames, or over the T - 1 others.
        own_segments: Whether the mean of eq. 9 is over the own video's segments too.
        normalized_outputs: Whether segments and the filter take the projector's outputs normalised.
        filter_target: What L_unique is scaled to for the filter to learn: [lowest, highest].
        magnitude: Scores before smoothing: `exponential`, exp(p - 1), or `offset`, p + epsilon (eq. 12).
        offset: epsilon of eq. 12, which the magnitude `offset` adds.
        smoothing: The standard deviation of the Gaussian that smooths scores, in picks.
        uniform_weight: lambda_1, what the uniformity loss counts for.
        unique_weight: lambda_2, what the uniqueness loss counts for.
        filter_weight: lambda_3, what the filter's loss counts for.
        frames: How many frames of each video are trained on.
        segment_length: m, how long the segments for the uniqueness loss are, in frames.
        normalize_training: Whether features of unit length enter the projector in training.
        normalize_testing: Whether features of unit length enter it in testing; criteria and neighbours always
            are of unit vectors.
        heads: Attention heads of each layer.
        dropout: The share of attention weights that training drops.
        learning_rate: Of the projector and the filter (Adam).
        weight_decay: Of the projector and the filter (Adam).

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    refine: bool
    uniqueness: bool
    neighbour_share: float
    neighbour_itself: bool
    consistency_itself: bool
    own_segments: bool
    normalized_outputs: bool
    filter_target: Sequence[float]
    magnitude: Literal["exponential", "offset"]
    offset: float
    smoothing: float
    uniform_weight: float
    unique_weight: float
    filter_weight: float
    frames: int
    segment_length: int
    normalize_training: bool
    normalize_testing: bool
    heads: int
    dropout: float
    learning_rate: float
    weight_decay: float

    def __post_init__(self) -> None:
        check_whole(vars(self), prefix="method.", frames=(2, 10_000), segment_length=1, heads=1)
        switches = ("refine", "uniqueness", "neighbour_itself", "consistency_itself", "own_segments")
        outputs = ("normalized_outputs", "normalize_training", "normalize_testing")
        check_switches(vars(self), *switches, *outputs, prefix="method.")
        check_shares(vars(self), "neighbour_share", prefix="method.")
        check_fractions(vars(self), "dropout", prefix="method.")
        weights = ("uniform_weight", "unique_weight", "filter_weight", "learning_rate")
        check_positive(vars(self), "offset", *weights, prefix="method.")
        check_weights(vars(self), "weight_decay", prefix="method.")
        check_positive(vars(self), "smoothing", prefix="method.", most=1000)
        if self.magnitude not in ("exponential", "offset"):
            raise UserError(f"method.magnitude={self.magnitude}: expected exponential or offset")
        target = self.filter_target
        numbers = isinstance(target, Sequence) and all(type(each) in (int, float) for each in target)
        if not numbers or len(target) != 2 or not 0 <= target[0] < target[1] <= 1:
            raise refusal("method.filter_target", target, "two numbers, rising, from 0 to 1")
        if self.segment_length > self.frames:
            raise UserError(
                f"method.segment_length={self.segment_length}: expected at most method.frames, {self.frames}"
            )

    @property
    def loss_weights(self) -> dict[str, float]:
        """What each loss counts for in eq. 8 and 11."""
        return {
            "align": 1.0,
            "uniform": self.uniform_weight,
            "unique": self.unique_weight,
            "filter": self.filter_weight,
        }
