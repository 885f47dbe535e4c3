"""What a frame's context is made of."""

import torch

from vsumlab.methods.common.frame_context import FrameContext, one_hidden_layer


def test_a_context_is_the_hidden_states_and_the_features() -> None:
    torch.manual_seed(0)
    network = FrameContext(6, 4)
    features, lengths = torch.rand(2, 7, 6), torch.tensor([7, 3])
    contexts = network(features, lengths)
    assert contexts.shape == (2, 7, network.size)
    torch.testing.assert_close(contexts[..., :8], network.bilstm(features, lengths))
    torch.testing.assert_close(contexts[..., 8:], features)


def test_a_perceptron_has_one_hidden_layer_of_sigmoids() -> None:
    perceptron = one_hidden_layer(5, 3, 2)
    (w, b, v, c) = perceptron.parameters()
    x = torch.randn(4, 5)
    torch.testing.assert_close(perceptron(x), torch.sigmoid(x @ w.T + b) @ v.T + c)
    assert (w.shape, v.shape) == ((3, 5), (2, 3))
