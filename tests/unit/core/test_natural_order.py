"""Numbered names in the order of their numbers."""

import random

from hypothesis import given
from hypothesis import strategies as st

from vsumlab.core.natural_order import natural_order

KEYS = [
    *("video_1", "video_01", "video_1b", "video_10", "video_2"),
    *("2", "10", "video", "", "a²", "v1_2", "v1_10"),
]


def test_natural_order_is_total() -> None:
    expected = sorted(KEYS, key=natural_order)
    assert expected.index("video_2") < expected.index("video_10")
    assert expected.index("v1_2") < expected.index("v1_10")
    assert len({natural_order(key) for key in KEYS}) == len(KEYS)
    for seed in range(20):
        assert sorted(random.Random(seed).sample(KEYS, len(KEYS)), key=natural_order) == expected


@given(st.lists(st.integers(0, 10**6), unique=True), st.text(alphabet="abc_", max_size=3))
def test_names_that_differ_in_a_number_are_in_the_order_of_the_numbers(numbers, prefix) -> None:
    names = sorted((f"{prefix}{number}" for number in numbers), key=natural_order)
    assert names == [f"{prefix}{number}" for number in sorted(numbers)]


NEARLY_ALIKE = st.text(alphabet="01a²_", max_size=5)


@given(NEARLY_ALIKE, NEARLY_ALIKE)
def test_no_two_names_tie(one, other) -> None:
    assert (natural_order(one) == natural_order(other)) == (one == other)


def test_names_of_more_digits_than_python_turns_into_a_number_are_ordered() -> None:
    digits = "9" * 5000
    names = [f"video_{digits}1", f"video_{digits}", "video_2"]
    assert sorted(names, key=natural_order) == names[::-1]
