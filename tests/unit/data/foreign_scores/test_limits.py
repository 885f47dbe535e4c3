"""Texts too long, scores too many, and names that are there twice are refused before they cost memory."""

import pytest

from vsumlab.data.foreign_scores.limits import (
    LONGEST_TEXT,
    MOST_SCORES,
    check_length,
    check_number,
    without_doubles,
)


def test_as_many_scores_as_a_file_may_have_and_one_more() -> None:
    check_number(MOST_SCORES)
    with pytest.raises(ValueError, match="more than 20 million scores"):
        check_number(MOST_SCORES + 1)


def test_as_long_a_text_as_a_file_may_be_and_a_byte_more(tmp_path) -> None:
    path = tmp_path / "long.json"
    with path.open("wb") as file:
        file.truncate(LONGEST_TEXT)  # of which the disk has nothing
        check_length(path)
        file.truncate(LONGEST_TEXT + 1)
    with pytest.raises(ValueError, match="more than 100 MB"):
        check_length(path)


def test_a_name_that_is_there_twice_is_refused_by_name() -> None:
    assert without_doubles([("a", 1), ("b", 1)]) == {"a": 1, "b": 1}
    with pytest.raises(ValueError, match="'b' is there twice"):
        without_doubles([("a", 1), ("b", 1), ("b", 2)])
