"""How linear maps start: within Xavier's bound, and nearly at it."""

import math

import pytest
import torch

from vsumlab.methods.common.xavier import xavier_linear


@pytest.mark.parametrize("parts", [1, 4])
def test_weights_are_uniform_up_to_xaviers_bound_of_each_part(parts) -> None:
    torch.manual_seed(0)
    linear = xavier_linear(60, 80, parts=parts)
    bound = math.sqrt(2) * math.sqrt(6 / (60 + 80 / parts))
    for part in linear.weight.chunk(parts):
        assert part.abs().max() <= bound
        assert part.abs().max() > 0.99 * bound
        assert part.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.05)
    assert linear.bias.tolist() == pytest.approx([0.1] * 80)


def test_there_need_be_no_biases() -> None:
    assert xavier_linear(3, 5, bias=False).bias is None
