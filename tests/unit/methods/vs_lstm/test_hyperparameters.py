"""What can be chosen of vsLSTM: the values that make no sense are refused in a line."""

import pytest
from support.methods import assert_refused, method_config


@pytest.mark.parametrize(
    ("name", "value", "says"), [("hidden_size", 0, "at least 1"), ("learning_rate", 0, "above 0")]
)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    assert_refused("vs_lstm", name, value, says)


def test_the_papers_values_are_the_configurations() -> None:
    config = method_config("method=vs_lstm")
    assert (config.method.hidden_size, config.method.learning_rate, config.batch_size) == (256, 1e-3, 10)
