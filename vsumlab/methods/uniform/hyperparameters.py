"""What can be chosen of uniform sampling, by a switch of the same name in `conf/method/uniform.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_shares


@dataclass(frozen=True)
class UniformHyperparameters:
    """How many key frames there are.

    Attributes:
        share: Key frames as a share of the video's picks; there is at least one.

    Raises:
        UserError: If it is not above 0 and below 1.
    """

    share: float

    def __post_init__(self) -> None:
        check_shares(vars(self), "share", prefix="method.")
