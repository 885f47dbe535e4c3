"""CA-SUM's attention against loops over frames, and what its gradient reaches."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cosine

from vsumlab.methods.ca_sum.network import ConcentratedAttention
from vsumlab.methods.common.regressor import AttendedRegressor


def plain_attention(features: np.ndarray, attention: ConcentratedAttention) -> np.ndarray:
    """The equations, a frame at a time; more frames than a block holds."""
    n_frames, size = len(features), attention.block_size
    query, key, value, output = (
        getattr(attention, name).weight.detach().double().numpy()
        for name in ("query", "key", "value", "output")
    )
    weights = np.zeros((n_frames, n_frames))
    for i in range(n_frames):
        energies = np.array([query @ features[i] @ (key @ features[j]) for j in range(n_frames)])
        weights[i] = np.exp(energies) / np.exp(energies).sum()
    entropies = [-sum(a * np.log(a) for a in row) / np.log(n_frames) for row in weights]
    diversities = []
    for i in range(n_frames):
        outside = [j for j in range(n_frames) if j // size != i // size]
        differences = [cosine(features[i], features[j]) for j in outside]
        diversities.append(np.dot(differences, weights[i, outside]) / sum(differences))
    added = []
    for i in range(n_frames):
        block = [j for j in range(n_frames) if j // size == i // size]
        mixed = sum((weights[i, j] + diversities[j]) * (value @ features[j]) for j in block)
        added.append(output @ [*mixed, entropies[i] / sum(entropies), diversities[i]])
    return np.array(added)


@pytest.mark.parametrize(("n_frames", "size"), [(9, 3), (11, 4), (5, 1)])
def test_concentrated_attention_is_that_of_the_equations(n_frames, size) -> None:
    torch.manual_seed(0)
    attention, features = ConcentratedAttention(6, size), torch.randn(n_frames, 6)
    with torch.no_grad():
        found = attention(features)
    np.testing.assert_allclose(found, plain_attention(features.double().numpy(), attention), atol=1e-4)


def test_frames_of_other_blocks_say_nothing_but_by_uniqueness_and_diversity() -> None:
    """With one block there is no other: all frames attend to each other."""
    torch.manual_seed(0)
    attention, features = ConcentratedAttention(6, 8), torch.randn(5, 6)
    with torch.no_grad():
        weights = (attention.query(features) @ attention.key(features).T).softmax(dim=-1)
        entropies = -(weights * weights.log()).sum(dim=-1)
        mixed = weights @ attention.value(features)
        traits = torch.stack([entropies / entropies.sum(), torch.zeros(5)], dim=-1)
        expected = torch.cat([mixed, traits], dim=-1) @ attention.output.weight.T
        torch.testing.assert_close(attention(features), expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 7])
@pytest.mark.parametrize("made", [torch.zeros, torch.ones, torch.randn])
def test_any_video_has_finite_scores_and_gradients(n_frames, made) -> None:
    torch.manual_seed(0)
    network = AttendedRegressor(ConcentratedAttention(6, block_size=3), 6, dropout=0.0, norm_bias=0.1)
    scores = network(made(n_frames, 6))
    assert scores.shape == (n_frames,)
    assert 0 <= scores.min() <= scores.max() <= 1
    scores.sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
