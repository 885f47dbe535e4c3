"""What can be chosen of motion, by a switch of the same name in `conf/method/motion.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive


@dataclass(frozen=True)
class MotionHyperparameters:
    """How changes are smoothed.

    Attributes:
        smoothing_seconds: The standard deviation of the Gaussian that smooths them.

    Raises:
        UserError: If it is not above 0.
    """

    smoothing_seconds: float

    def __post_init__(self) -> None:
        check_positive(vars(self), "smoothing_seconds", prefix="method.", most=1000)
