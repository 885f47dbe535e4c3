"""Figures, names and numbers as the text of a table's cells."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from vsumlab.results.comparison import Line
from vsumlab.results.significance import Difference

MARKED = ("f1_mean", "f1_max", "kendall_tau", "spearman_rho")
"""The metrics whose figures are marked where they cannot be told from random."""


def figure(line: Line, metric: str, scale: float, digits: int) -> str:
    """A figure with its spread, marked if it cannot be told from random; empty where there is none."""
    mean, spread = line.mean.get(metric, math.nan), line.spread.get(metric, math.nan)
    if math.isnan(mean):
        return ""
    text = f"{scale * mean:.{digits}f}" + ("" if math.isnan(spread) else f" ± {scale * spread:.{digits}f}")
    return f"{text} ≈" if like_random(line, metric) else text


def like_random(line: Line, metric: str) -> bool:
    """Whether a figure cannot be told from random; of the variance, and of few videos, nothing is said."""
    return metric in MARKED and metric in line.differences and line.differences[metric].like_chance


def number(value: float, digits: int) -> str:
    """A number, empty where there is none."""
    return "" if math.isnan(value) else f"{value:.{digits}f}"


def spelt(difference: Difference, scale: float, digits: int) -> list[str]:
    """A difference, its interval and p; empty where there are none."""
    if math.isnan(difference.mean):
        return ["", "", ""]
    low, high = (number(scale * end, digits) for end in (difference.low, difference.high))
    p = "" if math.isnan(difference.p) else "< 0.001" if difference.p < 0.001 else f"{difference.p:.3f}"
    return [f"{scale * difference.mean:+.{digits}f}", f"{low} to {high}" if low else "", p]


def label(told: Iterable[str]) -> str:
    """Overrides that tell runs from others, in short, without dataset and setting."""
    parts = [override.lstrip("+~").split("=", 1) for override in told]
    return ", ".join(
        f"{re.split('[./]', name)[-1]}={value}" for name, value in parts if name not in ("setting", "data")
    )


def unambiguous(short: Sequence[str], whole: Sequence[str]) -> list[str]:
    """Names in short where they are the only ones of their kind, and else whole."""
    return [name if short.count(name) == 1 else longer for name, longer in zip(short, whole, strict=True)]


def spans(numbers: Sequence[int]) -> str:
    """Whole numbers in short: 0–2, 4."""
    runs: list[list[int]] = []
    for value in sorted(numbers):
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
