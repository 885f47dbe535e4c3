"""What can be chosen of CSNet: the values that make no sense are refused in a line."""

import dataclasses

import pytest
from support.methods import made_method, method_config

from vsumlab.errors import UserError
from vsumlab.methods.csnet.hyperparameters import CSNetHyperparameters


def chosen(**changes) -> CSNetHyperparameters:
    values = {**method_config("method=csnet").method} | changes
    del values["_target_"]
    return CSNetHyperparameters(**values)


BAD = {
    "variance_loss": ("mode", "median, mean or none"),
    "input_scale": ("unit", "none, rms or standardized"),
    "difference_start": ("positive", "random or nonnegative"),
    "difference_scale": ("small", "input or unit"),
    "variance_weight": (0, "a number above 0"),
    "supervised_weight": (-1, "a number above 0"),
    "hidden_size": (0, "at least 1"),
    "divisions": (1.5, "a whole number"),
    "decay_epoch": (0, "at least 1"),
    "learning_rate": (0.0, "above 0"),
    "discriminator_learning_rate": (-1e-4, "above 0"),
    "decay_factor": ("fast", "above 0"),
    "variance_epsilon": (0, "above 0"),
    "sparsity": ("abc", "above 0 and below 1"),
    "gradient_clip": (float("nan"), "above 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_meant_is_refused(name) -> None:
    value, says = BAD[name]
    with pytest.raises(UserError, match=rf"^method\.{name}={value}: expected .*{says}") as error:
        chosen(**{name: value})
    assert "\n" not in str(error.value)


def test_what_is_refused_is_refused_from_the_command_line_too() -> None:
    with pytest.raises(UserError, match=r"^method\.divisions=1\.5: expected a whole number, at least 1$"):
        made_method("method=csnet", "method.divisions=1.5")


def test_the_papers_values_are_the_configurations() -> None:
    paper = chosen()
    assert (paper.hidden_size, paper.divisions, paper.decay_epoch, paper.decay_factor) == (256, 4, 10, 0.1)
    assert (paper.chunk_stride, paper.difference_attention, paper.variance_loss) == (True, True, "median")
    assert (paper.learning_rate, paper.sparsity, paper.gradient_clip) == (1e-4, 0.5, 5.0)
    assert not paper.supervised


def test_they_stay_as_they_were_chosen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        chosen().sparsity = 0.5
