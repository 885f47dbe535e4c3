"""Numbers as text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.evaluation.significance import Difference
from vsumlab.report.cells import in_words, is_number, number, spans


def test_a_number_is_rounded_and_no_number_is_nothing() -> None:
    assert number(0.12345, 3) == "0.123"
    assert number(np.nan, 3) == ""


def test_a_difference_in_words() -> None:
    assert in_words(Difference(0.0123, -0.01, 0.03, 0.04, 9), 100, 1) == ["+1.2", "-1.0 to 3.0", "0.040"]
    assert in_words(Difference(-0.5, -0.6, -0.4, 0.0002, 9), 1, 3) == [
        "-0.500",
        "-0.600 to -0.400",
        "< 0.001",
    ]
    assert in_words(Difference(0.5, np.nan, np.nan, np.nan, 1), 1, 3) == ["+0.500", "", ""]
    assert in_words(Difference(np.nan, np.nan, np.nan, np.nan, 0), 1, 3) == ["", "", ""]


@given(st.sets(st.integers(0, 30)))
def test_spans_name_every_number_once(numbers) -> None:
    named = set()
    for part in filter(None, spans(sorted(numbers)).split(", ")):
        first, _, last = part.partition("–")
        found = set(range(int(first), int(last or first) + 1))
        assert not found & named
        named |= found
    assert named == numbers


def test_cells_that_begin_with_a_number_are_numbers() -> None:
    for text in ("0.5 ± 0.1", "-0.123 ≈", "+1.2", "< 0.001", ".5", "−3"):
        assert is_number(text)
    for text in ("", "ours", "video_1", "`python`", "±"):
        assert not is_number(text)
