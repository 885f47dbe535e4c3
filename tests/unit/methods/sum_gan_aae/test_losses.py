"""SUM-GAN-AAE's losses by their definitions."""

import pytest
import torch

from vsumlab.methods.sum_gan_aae.losses import distance_loss, label_loss


def test_the_distance_is_the_norm_of_the_difference() -> None:
    torch.manual_seed(0)
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    expected = [
        sum((x - y) ** 2 for x, y in zip(*pair, strict=True)) ** 0.5 for pair in zip(a, b, strict=True)
    ]
    torch.testing.assert_close(distance_loss(a, b), torch.stack(expected))


def test_of_what_is_the_same_the_distance_has_a_finite_gradient() -> None:
    state = torch.ones(1, 4, requires_grad=True)
    distance_loss(torch.ones(1, 4), state).backward()
    assert state.grad.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_a_label_is_compared_with_the_probability(label) -> None:
    logits = torch.linspace(-4, 4, 9)
    expected = (1 / (1 + (-logits).exp()) - label) ** 2
    torch.testing.assert_close(label_loss(logits, label), expected)
