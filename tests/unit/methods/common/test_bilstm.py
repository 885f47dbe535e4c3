"""The bidirectional LSTM on padded batches against torch's own on packed sequences."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from vsumlab.methods.common.bilstm import BiLSTM

D, H = 12, 8


@pytest.fixture
def bilstm() -> BiLSTM:
    torch.manual_seed(0)
    return BiLSTM(D, H)


def test_bilstm_is_torchs_own_on_packed_sequences(bilstm) -> None:
    theirs = nn.LSTM(D, H, bidirectional=True, batch_first=True)
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        getattr(theirs, name).data = getattr(bilstm.ahead, name).data
        getattr(theirs, f"{name}_reverse").data = getattr(bilstm.back, name).data
    sizes = torch.tensor([7, 3, 1, 5])
    sequences = torch.randn(4, 7, D)
    packed = pack_padded_sequence(sequences, sizes, batch_first=True, enforce_sorted=False)
    expected, _ = pad_packed_sequence(theirs(packed)[0], batch_first=True)
    valid = torch.arange(7) < sizes.unsqueeze(-1)
    torch.testing.assert_close(bilstm(sequences, sizes)[valid], expected[valid])


def test_padding_gets_no_gradient(bilstm) -> None:
    sizes = torch.tensor([5, 2])
    sequences = torch.randn(2, 5, D, requires_grad=True)
    states = bilstm(sequences, sizes)
    (states[0].sum() + states[1, :2].sum()).backward()
    assert sequences.grad is not None
    assert not sequences.grad[1, 2:].any()
    assert sequences.grad[0].any(dim=-1).all()


def test_a_sequence_of_no_frames_is_no_obstacle(bilstm) -> None:
    """A video of fewer frames than divisions has such sequences."""
    states = bilstm(torch.randn(2, 3, D), torch.tensor([0, 3]))
    assert states.shape == (2, 3, 2 * H)
    assert states[1].isfinite().all()
