"""How long a summary may be."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from vsumlab.errors import UserError
from vsumlab.summary.keyshots import BUDGET_PERCENT


class Budget(NamedTuple):
    """A share of a video, or a time.

    Attributes:
        amount: Percent of its frames, or seconds.
        unit: `%` or `s`.
    """

    amount: Fraction = Fraction(BUDGET_PERCENT)
    unit: str = "%"

    @classmethod
    def parse(cls, text: str) -> Budget:
        """Reads `15%` or `60s`.

        Raises:
            UserError: If it is neither, or nothing, or more than a whole video.

        >>> Budget.parse("12.5%"), Budget.parse("60s")
        (Budget(amount=Fraction(25, 2), unit='%'), Budget(amount=Fraction(60, 1), unit='s'))
        """
        found = re.fullmatch(r"(\d+(?:\.\d+)?) *(%|s)", text.strip())
        amount = Fraction(found[1]) if found else Fraction(0)
        if not found or not amount or (found[2] == "%" and amount > 100):
            raise UserError(
                f"--budget {text}: expected a share of the video up to 100%, or seconds: as 15% or 60s"
            )
        return cls(amount, found[2])

    def __str__(self) -> str:
        return f"{float(self.amount):g} {self.unit}"

    def frames(self, n_frames: int, fps: float) -> int:
        """How many of a video's frames a summary may have, rounded down.

        >>> Budget().frames(99, 30.0), Budget.parse("2s").frames(99, 29.97)
        (14, 59)
        """
        wanted = self.amount * n_frames / 100 if self.unit == "%" else self.amount * Fraction(fps)
        return min(int(wanted), n_frames)
