"""What can be chosen of SUM-GAN: the values that make no sense are refused in a line."""

import pytest
from support.methods import assert_refused, made_method

BAD = {
    "hidden_size": ("0", "at least 1"),
    "layers": ("0", "at least 1"),
    "regularization": ("dpp", "length, repelling or labels"),
    "sparsity": ("3", "above 0 and below 1"),
    "learning_rate": ("0", "above 0"),
    "discriminator_learning_rate": ("fast", "above 0"),
    "gradient_clip": ("0", "above 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_meant_is_refused(name) -> None:
    assert_refused("sum_gan", name, *BAD[name])


def test_the_papers_values_are_the_configurations() -> None:
    paper = made_method("method=sum_gan").hyperparameters
    assert (paper.layers, paper.sparsity, paper.regularization) == (2, 0.3, "length")
