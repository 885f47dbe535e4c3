"""Means of what may be missing, without numpy's own nanmean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.metrics.means import nan_mean

VALUES = st.lists(st.none() | st.floats(-1, 1), max_size=6)


def as_array(values):
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


@pytest.mark.filterwarnings("error")
@given(VALUES)
def test_the_mean_is_of_what_there_is(values):
    there = [value for value in values if value is not None]
    expected = sum(there) / len(there) if there else np.nan
    assert nan_mean(as_array(values)) == pytest.approx(expected, nan_ok=True)


@given(st.lists(st.tuples(*[st.none() | st.floats(-1, 1)] * 3), min_size=1, max_size=4))
def test_rows_are_meant_one_by_one(rows):
    table = np.stack([as_array(row) for row in rows])
    np.testing.assert_array_equal(nan_mean(table), [nan_mean(row) for row in table])
    np.testing.assert_array_equal(nan_mean(np.stack([table, table])), [nan_mean(table)] * 2)
