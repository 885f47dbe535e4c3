"""What can be chosen of ridge regression, each by a switch of the same name in `conf/method/ridge.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsumlab.entries import LARGEST, refusal


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
        numbers = self.penalties if isinstance(self.penalties, Sequence) else []
        good = [each for each in numbers if type(each) in (int, float) and 0 < each <= LARGEST]
        if not good or len(good) < len(numbers):
            raise refusal("method.penalties", self.penalties, "numbers above 0")
