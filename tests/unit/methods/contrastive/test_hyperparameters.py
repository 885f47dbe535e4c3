"""What can be chosen of the contrastive criteria: the values that make no sense are refused in a line."""

import dataclasses

import pytest
from omegaconf import OmegaConf
from support.methods import made_method, method_config

from vsumlab.errors import UserError
from vsumlab.methods.contrastive.hyperparameters import ContrastiveHyperparameters


def chosen(**changes) -> ContrastiveHyperparameters:
    values = {**OmegaConf.to_container(method_config("method=contrastive").method, resolve=True)} | changes
    del values["_target_"]
    return ContrastiveHyperparameters(**values)


BAD = [
    ("magnitude", "square", "exponential or offset"),
    ("neighbour_share", 0, "above 0 and below 1"),
    ("neighbour_share", 1.5, "above 0 and below 1"),
    ("segment_length", 201, "at most method.frames, 200"),
    ("segment_length", 0, "at least 1"),
    ("frames", 1, "at least 2"),
    ("heads", 0.5, "a whole number"),
    ("filter_target", [0.5], "two numbers"),
    ("filter_target", [0.7, 0.3], "two numbers"),
    ("filter_target", [0, 1.5], "two numbers"),
    ("dropout", 1.5, "at least 0 and below 1"),
    ("dropout", -0.1, "at least 0 and below 1"),
    ("smoothing", 0, "above 0"),
    ("offset", -1, "above 0"),
    ("uniform_weight", "some", "above 0"),
    ("learning_rate", 0.0, "above 0"),
]


@pytest.mark.parametrize(("name", "value", "says"), BAD)
def test_what_cannot_be_meant_is_refused(name, value, says) -> None:
    with pytest.raises(UserError, match=says) as error:
        chosen(**{name: value})
    assert str(error.value).startswith(f"method.{name}={value}: expected ")
    assert "\n" not in str(error.value)


def test_what_is_refused_is_refused_from_the_command_line_too() -> None:
    with pytest.raises(UserError, match=r"^method\.magnitude=square: expected exponential or offset$"):
        made_method("method=contrastive", "method.magnitude=square")


def test_the_losses_weigh_as_in_the_paper() -> None:
    assert chosen().loss_weights == {"align": 1.0, "uniform": 0.5, "unique": 0.1, "filter": 0.1}
    weights = chosen(uniform_weight=0.25, filter_weight=2.0).loss_weights
    assert (weights["uniform"], weights["filter"]) == (0.25, 2.0)


def test_they_stay_as_they_were_chosen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        chosen().smoothing = 2.0
