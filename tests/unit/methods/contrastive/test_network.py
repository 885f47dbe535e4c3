"""The small Transformers, against attention written out."""

import pytest
import torch

from vsumlab.methods.contrastive.network import HEAD, Layer, Projector, UniquenessFilter


@pytest.mark.parametrize("heads", [1, 8])
def test_a_layer_is_attention_and_feed_forward_after_each_of_which_it_is_normed(heads) -> None:
    torch.manual_seed(0)
    layer = Layer(heads, dropout=0.1).eval()
    frames = torch.randn(2, 7, 256)
    size = heads * HEAD
    weights = layer.query_key_value.weight
    attended = []
    for head in range(heads):
        part = slice(head * HEAD, (head + 1) * HEAD)
        query, key, value = (frames @ weights[i * size : (i + 1) * size][part].T for i in range(3))
        attended.append((query @ key.mT / HEAD**0.5).softmax(dim=-1) @ value)
    hidden = layer.attention_norm(frames + torch.cat(attended, dim=-1) @ layer.attended.weight.T)
    expected = layer.feed_forward_norm(hidden + layer.feed_forward(hidden))
    torch.testing.assert_close(layer(frames), expected)


def test_frames_have_no_positions() -> None:
    torch.manual_seed(0)
    projector = Projector(12, heads=1, dropout=0.1).eval()
    features, order = torch.randn(1, 9, 12), torch.randperm(9)
    torch.testing.assert_close(projector(features)[:, order], projector(features[:, order]))


def test_dropout_is_for_training_alone() -> None:
    torch.manual_seed(0)
    network = UniquenessFilter(heads=1, dropout=0.5)
    frames = torch.randn(1, 9, 256)
    assert not torch.equal(network(frames), network(frames))
    network.eval()
    assert torch.equal(network(frames), network(frames))
    assert network(frames).shape == (1, 9)
