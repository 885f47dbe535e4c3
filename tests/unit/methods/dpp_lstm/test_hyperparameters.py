"""What can be chosen of dppLSTM: the values that make no sense are refused in a line."""

import pytest
from support.methods import assert_refused, method_config

BAD = {
    "hidden_size": (0, "at least 1"),
    "kernel_size": (0, "at least 1"),
    "ridge": (0, "above 0"),
    "keyframe_share": (1.0, "above 0 and below 1"),
    "pretraining_epochs": (-1, "at least 0"),
    "learning_rate": (0, "above 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_meant_is_refused(name) -> None:
    assert_refused("dpp_lstm", name, *BAD[name])


def test_each_number_has_such_a_test() -> None:
    assert {*BAD} == {*method_config("method=dpp_lstm").method} - {"_target_"}


def test_it_begins_as_vs_lstm_and_is_trained_as_long_again() -> None:
    ours, theirs = method_config("method=dpp_lstm"), method_config("method=vs_lstm")
    assert ours.method.pretraining_epochs == theirs.trainer.max_epochs
    assert ours.trainer.max_epochs == 2 * theirs.trainer.max_epochs
    assert (ours.method.hidden_size, ours.method.kernel_size) == (theirs.method.hidden_size, 256)
    assert (ours.method.learning_rate, ours.batch_size) == (theirs.method.learning_rate, theirs.batch_size)
