"""What can be chosen of rarity, each by a switch of the same name in `conf/method/rarity.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive


@dataclass(frozen=True)
class RarityHyperparameters:
    """The constants of rarity, as the consensus direction has them.

    Attributes:
        sharpness: How much nearer than the median a frame has to be to make another one common.
        smoothing_seconds: The standard deviation of the Gaussian that smooths scores.

    Raises:
        UserError: If a number is not above 0.
    """

    sharpness: float
    smoothing_seconds: float

    def __post_init__(self) -> None:
        check_positive(vars(self), "sharpness", prefix="method.")
        check_positive(vars(self), "smoothing_seconds", prefix="method.", most=1000)
