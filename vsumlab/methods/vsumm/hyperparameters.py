"""What can be chosen of VSUMM, by a switch of the same name in `conf/method/vsumm.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_positive


@dataclass(frozen=True)
class VsummHyperparameters:
    """How many clusters there are.

    Attributes:
        jump: How far above the mean distance of neighbouring frames, in standard deviations, a distance is
            that adds a cluster.

    Raises:
        UserError: If it is not above 0.
    """

    jump: float

    def __post_init__(self) -> None:
        check_positive(vars(self), "jump", prefix="method.")
