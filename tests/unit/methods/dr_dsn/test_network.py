"""The network against torch's own bidirectional LSTM on each video alone."""

import torch

from vsumlab.methods.dr_dsn.network import SummarizationNetwork


def test_probabilities_are_those_of_torchs_bidirectional_lstm() -> None:
    torch.manual_seed(0)
    network = SummarizationNetwork(6, 4)
    theirs = torch.nn.LSTM(6, 4, batch_first=True, bidirectional=True)
    weights = network.bilstm.ahead.state_dict()
    weights |= {f"{name}_reverse": value for name, value in network.bilstm.back.state_dict().items()}
    theirs.load_state_dict(weights)
    features, lengths = torch.rand(2, 7, 6), torch.tensor([7, 3])
    ours = network(features, lengths)
    for video, length, logits in zip(features, lengths.tolist(), ours, strict=True):
        hidden, _ = theirs(video[None, :length])
        torch.testing.assert_close(logits[:length], network.output(hidden)[0, :, 0])
