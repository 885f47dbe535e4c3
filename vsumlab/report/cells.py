"""Numbers as the text of a table's cells."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from vsumlab.evaluation.significance import Difference


def number(value: float, digits: int) -> str:
    """A number, empty where there is none."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def in_words(difference: Difference, scale: float, digits: int) -> list[str]:
    """A difference, its interval and p; empty where there are none."""
    if math.isnan(difference.mean):
        return ["", "", ""]
    low, high = (number(scale * end, digits) for end in (difference.low, difference.high))
    p = "" if math.isnan(difference.p) else "< 0.001" if difference.p < 0.001 else f"{difference.p:.3f}"
    return [f"{scale * difference.mean:+.{digits}f}", f"{low} to {high}" if low else "", p]


def spans(numbers: Sequence[int]) -> str:
    """Whole numbers in short.

    >>> spans([0, 1, 2, 4])
    '0–2, 4'
    """
    runs: list[list[int]] = []
    for value in sorted(numbers):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def spans_of(noun: str, numbers: Sequence[int]) -> str:
    """Whole numbers in short, and what they are of.

    >>> spans_of("fold", [0, 1, 2]), spans_of("seed", [1])
    ('folds 0–2', 'seed 1')
    """
    return f"{noun}{'s' if len(numbers) > 1 else ''} {spans(numbers)}"


def is_number(text: str) -> bool:
    """Whether a cell begins with a number."""
    return bool(re.match(r"[-+−<]?\s*[\d.]", text))
