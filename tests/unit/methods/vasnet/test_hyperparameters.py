"""What can be chosen of VASNet: what makes no sense is refused in a line."""

import pytest
from support.methods import assert_refused

BAD = [
    ("scale", 0, "above 0"),
    ("dropout", 1.0, "at least 0 and below 1"),
    ("dropout", -0.1, "at least 0 and below 1"),
    ("learning_rate", "some", "above 0"),
    ("weight_decay", -1, "at least 0"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    assert_refused("vasnet", name, value, says)
