"""What can be chosen of PGL-SUM: what makes no sense is refused in a line."""

import pytest
from support.methods import made_method

from vsumlab.errors import UserError

BAD = [
    ("heads", 0, "at least 1"),
    ("segments", 0, "at least 1"),
    ("local_heads", 2.5, "a whole number"),
    ("dropout", 1.0, "at least 0 and below 1"),
    ("dropout", -0.1, "at least 0 and below 1"),
    ("learning_rate", 0, "above 0"),
    ("weight_decay", -1, "at least 0"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    with pytest.raises(UserError, match=says) as error:
        made_method("method=pgl_sum", f"method.{name}={value}")
    assert str(error.value).startswith(f"method.{name}={value}: expected ")
    assert "\n" not in str(error.value)
