"""The LSTM is torch's own, and works under autocast on a CPU that has none in bfloat16."""

import pytest
import torch
from torch import nn

from vsumlab.methods.common.lstm import LSTM


@pytest.fixture
def lstms() -> tuple[LSTM, nn.LSTM]:
    """Ours and torch's, of the same weights."""
    torch.manual_seed(0)
    ours, theirs = LSTM(6, 4), nn.LSTM(6, 4, batch_first=True)
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


def test_it_is_torchs_own(lstms) -> None:
    ours, theirs = lstms
    sequences = torch.randn(3, 7, 6)
    torch.testing.assert_close(ours(sequences), theirs(sequences))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_autocast_changes_nothing_on_a_cpu(lstms, dtype) -> None:
    ours, _ = lstms
    sequences = torch.randn(3, 7, 6).to(dtype)
    expected, _ = ours(sequences.float())
    with torch.autocast("cpu", torch.bfloat16):
        states, _ = ours(sequences)
        assert torch.is_autocast_enabled("cpu")
    assert states.dtype == torch.float32
    torch.testing.assert_close(states, expected)


def test_it_learns_under_autocast(lstms) -> None:
    ours, _ = lstms
    with torch.autocast("cpu", torch.bfloat16):
        states, _ = ours(torch.randn(3, 7, 6))
        states.sum().backward()
    assert all(parameter.grad.any() for parameter in ours.parameters())


def test_weights_in_float64_stay_there(lstms) -> None:
    states, _ = lstms[0].double()(torch.randn(1, 2, 6, dtype=torch.float64))
    assert states.dtype == torch.float64
