"""A stack of bidirectional LSTMs against torch's own on each video alone."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from vsumlab.methods.common.lstm_scorer import LSTMScorer

D, H = 5, 4
LENGTHS = [1, 2, 9, 5]


def torchs_own(scorer: LSTMScorer) -> nn.LSTM:
    """A bidirectional `nn.LSTM` with a scorer's weights."""
    plain = nn.LSTM(D, H, num_layers=len(scorer.lstms), bidirectional=True, batch_first=True)
    for layer, lstm in enumerate(scorer.lstms):
        for direction, suffix in ((lstm.ahead, ""), (lstm.back, "_reverse")):
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                getattr(plain, f"{name}_l{layer}{suffix}").data = getattr(direction, f"{name}_l0").data
    return plain


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_scores_are_those_of_torchs_lstm_whatever_is_in_the_padding(layers) -> None:
    torch.manual_seed(0)
    scorer = LSTMScorer(D, H, layers)
    videos = [torch.randn(length, D) for length in LENGTHS]
    together = scorer(pad_sequence(videos, True, 1e3), torch.tensor(LENGTHS))
    plain = torchs_own(scorer)
    for video, scores in zip(videos, together, strict=True):
        expected = torch.sigmoid(scorer.output(plain(video[None])[0]))[0, :, 0]
        torch.testing.assert_close(scores[: len(video)], expected)
