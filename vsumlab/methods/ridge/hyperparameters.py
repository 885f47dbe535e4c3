"""What can be chosen of ridge regression, each by a switch of the same name in `conf/method/ridge.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsumlab.errors import UserError


@dataclass(frozen=True)
class RidgeHyperparameters:
    """What ridge regression chooses among.

    Attributes:
        penalties: The penalties on the squared length of the weights; the one with the lowest squared error
            on training videos that are left out in turn is taken.

    Raises:
        UserError: If there is none, or one is not above 0.
    """

    penalties: Sequence[float]

    def __post_init__(self) -> None:
        numbers = [each for each in self.penalties if type(each) in (int, float) and 0 < each < float("inf")]
        if not numbers or len(numbers) < len(self.penalties):
            raise UserError(f"method.penalties={self.penalties}: expected numbers above 0")
