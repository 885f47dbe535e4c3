"""The exact 0/1 knapsack that chooses key-shots."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def knapsack(
    values: npt.NDArray[np.float64], weights: npt.NDArray[np.int64], capacity: int
) -> npt.NDArray[np.bool_]:
    """Chooses items of the greatest total value within a capacity, exactly, in floating point.

    Dynamic programming over the capacity: O(S capacity) time, S (capacity + 1) bytes. Of several best choices
    the same one is always taken; an item worth nothing never is.

    Args:
        values: (S,) what each item is worth.
        weights: (S,) what each item weighs, at least 1.
        capacity: What may be taken in all, at least 0.

    Returns:
        (S,) which items are taken.

    >>> knapsack(np.array([6.0, 5.0, 5.0]), np.array([4, 3, 3]), capacity=6)
    array([False,  True,  True])
    """
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
    taken = np.zeros(len(values), dtype=np.bool_)
    for item, (_, weight, take) in reversed(list(enumerate(items))):
        taken[item] = take[capacity]
        capacity -= weight * int(taken[item])
    return taken
