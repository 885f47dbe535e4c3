"""The exact 0/1 knapsack that chooses key-shots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Choice = npt.NDArray[np.bool_]

ROUNDING = 1e-9  # relative; far more than sums of thousands of values lose


def knapsack(values: Floats, weights: Integers, capacity: int) -> Choice:
    """Chooses items of the greatest total value within a capacity, exactly, in floating point.

    Settles what can be told from bounds alone, then solves the rest, as a rule the lesser part, by dynamic
    programming: at worst O(S capacity) time and S (capacity + 1) bytes. Of several best choices the same one
    is always taken; an item worth nothing never is.

    Args:
        values: (S,) what each item is worth, at least 0.
        weights: (S,) what each item weighs, at least 1.
        capacity: What may be taken in all, at least 0.

    Returns:
        (S,) which items are taken.
    """
    taken, unsettled = settle(values * (weights <= capacity), weights, capacity)
    rest = unsettled.nonzero()[0]
    room = capacity - int(weights @ taken)
    taken[rest] = solve(values[rest], weights[rest], room)
    return taken


def settle(values: Floats, weights: Integers, capacity: int) -> tuple[Choice, Choice]:
    """Which items every best choice takes (S,), and of which items (S,) this cannot be told.

    Let weight have a price. Then no choice is worth more than a bound: what the capacity costs, plus the
    profits of all items that are worth more than they cost. A choice that leaves out such an item, or takes
    one of the others, stays below the bound by that item's profit or loss; if this is more than a greedy
    choice stays below it, then it is no best choice.

    Source: Dembo and Hammer (1980), A reduction algorithm for knapsack problems.
    """
    ratios = values / weights
    order = np.argsort(-ratios, kind="stable")
    first_left = int(np.searchsorted(weights[order].cumsum(), capacity, side="right"))
    price = ratios[order[first_left]] if first_left < len(order) else 0.0
    profits = values - price * weights
    gains = profits > 0
    bound = float(price * capacity + profits @ gains)
    slack = bound - greedy(values[order].tolist(), weights[order].tolist(), capacity)
    unsettled = np.abs(profits) <= slack + ROUNDING * bound
    return gains & ~unsettled, unsettled


def greedy(values: list[float], weights: list[int], capacity: int) -> float:
    """What taking each item in turn that still fits is worth."""
    total = 0.0
    for value, weight in zip(values, weights, strict=True):
        if weight <= capacity:
            capacity -= weight
            total += value
    return total


def solve(values: Floats, weights: Integers, capacity: int) -> Choice:
    """The knapsack by dynamic programming over the capacity alone; as `knapsack`."""
    best = np.zeros(capacity + 1)  # the greatest value within each capacity, of the items so far
    candidate = np.empty(capacity + 1)
    takes = np.zeros((len(values), capacity + 1), dtype=np.bool_)
    items = list(zip(values.tolist(), weights.tolist(), takes, strict=True))
    for value, weight, take in items:
        if weight <= capacity:
            with_item, without = candidate[weight:], best[weight:]
            np.add(best[:-weight], value, out=with_item)
            np.greater(with_item, without, out=take[weight:])
            np.maximum(with_item, without, out=without)
    taken = []
    for _, weight, take in reversed(items):
        taken.append(bool(take[capacity]))
        capacity -= weight * taken[-1]
    return np.array(taken[::-1], dtype=np.bool_)
