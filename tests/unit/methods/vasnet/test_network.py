"""VASNet's attention against a loop over frames, by the text and by the code; its gradient."""

import numpy as np
import pytest
import torch

from vsumlab.methods.common import row_blocks as blocks
from vsumlab.methods.common.regressor import AttendedRegressor
from vsumlab.methods.vasnet.network import SoftAttention

SCALE = 0.7


def plain_attention(features: np.ndarray, attention: SoftAttention) -> np.ndarray:
    """The equations, a frame at a time."""
    query, key, value, output = (
        getattr(attention, name).weight.detach().double().numpy()
        for name in ("query", "key", "value", "output")
    )
    frames = range(len(features))
    energies = [[SCALE * (query @ features[t]) @ (key @ features[i]) for i in frames] for t in frames]
    weights = np.array([np.exp(row) / np.exp(row).sum() for row in energies])
    added = []
    for t in frames:
        shares = [weights[i, t] if attention.transposed else weights[t, i] for i in frames]
        added.append(output @ sum(share * (value @ features[i]) for i, share in enumerate(shares)))
    return np.array(added)


@pytest.mark.parametrize("transposed", [True, False])
@pytest.mark.parametrize("block", [1, 20, 10_000])
@pytest.mark.parametrize("n_frames", [1, 9])
def test_attention_is_that_of_the_equations(n_frames, transposed, block, monkeypatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", block)
    torch.manual_seed(0)
    attention = SoftAttention(6, SCALE, transposed, dropout=0.5).eval()
    features = torch.randn(n_frames, 6)
    with torch.no_grad():
        found = attention(features)
    np.testing.assert_allclose(found, plain_attention(features.double().numpy(), attention), atol=1e-4)


def test_the_two_ways_are_not_the_same() -> None:
    found = []
    for transposed in (True, False):
        torch.manual_seed(0)
        attention = SoftAttention(6, SCALE, transposed, dropout=0.0)
        found.append(attention(torch.randn(9, 6)))
    assert (found[0] - found[1]).abs().max() > 0.01


@pytest.mark.parametrize("transposed", [True, False])
def test_training_drops_attention_weights(transposed) -> None:
    """Half of them: what is added has the same mean, and varies."""
    torch.manual_seed(0)
    attention, features = SoftAttention(6, SCALE, transposed, dropout=0.5), torch.randn(9, 6)
    with torch.no_grad():
        drawn = torch.stack([attention(features) for _ in range(3000)])
        distance = drawn.mean(dim=0) - attention.eval()(features)
    deviation = drawn.std(dim=0)
    assert deviation.min() > 0.01
    assert (distance.abs() < 5 * deviation / 3000**0.5).all()


@pytest.mark.parametrize("n_frames", [1, 2, 7])
@pytest.mark.parametrize("transposed", [True, False])
def test_any_video_has_finite_scores_and_gradients(n_frames, transposed) -> None:
    torch.manual_seed(0)
    network = AttendedRegressor(SoftAttention(6, SCALE, transposed, dropout=0.0), 6, dropout=0.0)
    scores = network(torch.randn(n_frames, 6))
    assert scores.shape == (n_frames,)
    assert 0 <= scores.min() <= scores.max() <= 1
    scores.sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
