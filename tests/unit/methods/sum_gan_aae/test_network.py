"""The attention decoder against a loop over frames and cells."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from vsumlab.methods.sum_gan_aae.network import AttentionDecoder, attended

H = 5
LENGTHS = (1, 2, 8, 5)


@pytest.fixture
def videos() -> list[Tensor]:
    torch.manual_seed(0)
    return [torch.randn(length, H) for length in LENGTHS]


def cell_of(lstm: nn.LSTM) -> nn.LSTMCell:
    """A cell with an LSTM's weights."""
    cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(lstm, f"{name}_l0").data
    return cell


def found_by(query: Tensor, states: Tensor) -> Tensor:
    """The states, weighted by the exponentials of their products with a query."""
    weights = [torch.exp(sum(a * b for a, b in zip(state, query, strict=True))) for state in states]
    return sum(weight * state for weight, state in zip(weights, states, strict=True)) / sum(weights)


def test_attention_is_a_softmax_over_a_videos_own_states(videos) -> None:
    lengths, states = torch.tensor(LENGTHS), pad_sequence(videos, True, 1e3)
    queries = torch.randn(len(videos), max(LENGTHS), H)
    contexts = attended(queries, states, lengths)
    for video, of_video, found in zip(videos, queries, contexts, strict=True):
        expected = torch.stack([found_by(query, video) for query in of_video])
        torch.testing.assert_close(found, expected)


def test_a_video_is_restored_from_its_end_frame_by_frame(videos) -> None:
    torch.manual_seed(1)
    decoder, lengths = AttentionDecoder(H), torch.tensor(LENGTHS)
    restored = decoder(pad_sequence(videos, True, 1e3), lengths)
    assert restored.shape == (len(videos), max(LENGTHS), H)
    asking, restoring = cell_of(decoder.asking), cell_of(decoder.restoring)
    for video, found in zip(videos, restored, strict=True):
        asked, output = ((torch.zeros(1, H), torch.zeros(1, H)) for _ in range(2))
        query, frames = video[-1], []
        for state in reversed(video):
            context = found_by(decoder.attention.weight @ query, video)
            output = restoring(context[None], output)
            frames.insert(0, output[0][0])
            asked = asking(state[None], asked)
            query = asked[0][0]
        torch.testing.assert_close(found[: len(video)], torch.stack(frames))
