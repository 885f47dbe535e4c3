"""What can be chosen of PGL-SUM: what makes no sense is refused in a line."""

import pytest
from support.methods import assert_refused

BAD = [
    ("heads", 0, "at least 1"),
    ("segments", 0, "at least 1"),
    ("local_heads", 2.5, "a whole number, at least 1"),
    ("dropout", 1.0, "at least 0 and below 1"),
    ("dropout", -0.1, "at least 0 and below 1"),
    ("learning_rate", 0, "above 0"),
    ("weight_decay", -1, "at least 0"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    assert_refused("pgl_sum", name, value, says)
