"""What can be chosen of SUM-FCN: the values that make no sense are refused in a line."""

import pytest
from support.methods import assert_refused, made_method

BAD = [
    ("objective", "both", "diversity or labels"),
    ("frames", "16", "at least 17"),
    ("keyframe_share", "0", "above 0 and below 1"),
    ("keyframe_share", "1.0", "above 0 and below 1"),
    ("hidden_size", "0", "at least 1"),
    ("dropout", "-0.1", "at least 0 and below 1"),
    ("dropout", "1", "at least 0 and below 1"),
    ("learning_rate", "0", "above 0"),
    ("momentum", "1.5", "at least 0 and below 1"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    assert_refused("sum_fcn", name, value, says)


def test_the_papers_values_are_the_configurations() -> None:
    paper = made_method("method=sum_fcn").hyperparameters
    assert (paper.frames, paper.objective) == (320, "diversity")
