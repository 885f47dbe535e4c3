from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import plain

from vsumlab.summary.knapsack import knapsack

VALUES = {
    "real": st.floats(0, 1),
    "tied": st.sampled_from([0.0, 0.25, 0.5]),
    "of all sizes": st.floats(0, 1e12),
}


def as_arrays(items):
    values, weights = zip(*items, strict=True) if items else ((), ())
    return np.array(values, dtype=np.float64), np.array(weights, dtype=np.int64)


def best_value(values, weights, capacity):
    """By trying every subset."""
    subsets = np.array(list(product([0, 1], repeat=len(values))))
    return max((subsets @ values)[subsets @ weights <= capacity])


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_no_subset_is_worth_more(kind, data):
    items = data.draw(st.lists(st.tuples(VALUES[kind], st.integers(1, 12)), max_size=9))
    values, weights = as_arrays(items)
    capacity = data.draw(st.integers(0, 60))
    taken = knapsack(values, weights, capacity)
    assert taken.dtype == np.bool_
    assert taken.shape == values.shape
    assert weights[taken].sum() <= capacity
    best = best_value(values, weights, capacity) if len(values) else 0.0
    assert values[taken].sum() == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("spread", [1.0, 0.01, 0.0], ids=["random", "nearly equal", "equal"])
@pytest.mark.parametrize("seed", range(3))
def test_worth_as_much_as_the_plain_table_of_lists(seed, spread):
    rng = np.random.default_rng(seed)
    weights = rng.integers(20, 400, 40)
    values = 0.5 + spread * (rng.random(40) - 0.5)
    capacity = int(weights.sum()) * 15 // 100
    taken, expected = knapsack(values, weights, capacity), plain.knapsack(values, weights, capacity)
    assert weights[taken].sum() <= capacity
    assert values[taken].sum() == pytest.approx(values[expected].sum(), abs=1e-12)


def test_differences_below_a_thousandth_decide():
    values, weights = np.array([0.5, 0.50001, 0.50002]), np.array([10, 10, 10])
    assert knapsack(values, weights, 20).tolist() == [False, True, True]


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5]), st.integers(1, 4)), max_size=8), st.integers(0, 20))
def test_the_same_choice_every_time_and_nothing_worthless(items, capacity):
    values, weights = as_arrays(items)
    taken = knapsack(values, weights, capacity)
    assert (taken == knapsack(values.copy(), weights.copy(), capacity)).all()
    assert (values[taken] > 0).all()


def test_values_and_weights_stay_as_they_were():
    values, weights = np.array([0.3, 0.9, 0.2]), np.array([3, 50, 1])
    knapsack(values, weights, 4)
    assert values.tolist() == [0.3, 0.9, 0.2]
    assert weights.tolist() == [3, 50, 1]
