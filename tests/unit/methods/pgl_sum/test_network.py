"""Global and local attention against loops over heads and frames, for any length and any size of features."""

import math

import numpy as np
import pytest
import torch

from vsumlab.methods.common import row_blocks as blocks
from vsumlab.methods.pgl_sum.network import Network, PositionedAttention
from vsumlab.methods.pgl_sum.positions import positions

SEGMENTS = 4


def plain_attention(frames: np.ndarray, attention: PositionedAttention) -> np.ndarray:
    """The equations, a head and a frame at a time."""
    n_frames, size = frames.shape
    places = positions(slice(0, n_frames), n_frames, size).double().numpy()
    heads = []
    for head in range(attention.heads):
        query, key, value = (
            getattr(attention, name).weight.detach().double().numpy().reshape(attention.heads, -1, size)[head]
            for name in ("query", "key", "value")
        )
        attended = []
        for t in range(n_frames):
            energies = [(query @ frames[t]) @ (key @ frames[i]) + places[t, i] for i in range(n_frames)]
            weights = np.exp(energies) / np.exp(energies).sum()
            attended.append(sum(weights[i] * (value @ frames[i]) for i in range(n_frames)))
        heads.append(attended)
    return np.concatenate(heads, axis=1) @ attention.output.weight.detach().double().numpy().T


def unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("block", [1, 60, 10_000])
@pytest.mark.parametrize(("n_frames", "dimensions", "heads"), [(1, 8, 4), (9, 8, 2), (9, 7, 3), (5, 3, 4)])
def test_attention_is_that_of_the_equations(n_frames, dimensions, heads, block, monkeypatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", block)
    torch.manual_seed(0)
    attention = PositionedAttention(dimensions, dimensions, heads, dropout=0.5).eval()
    frames = torch.randn(n_frames, dimensions)
    with torch.no_grad():
        found = attention(frames)
    np.testing.assert_allclose(found, plain_attention(frames.double().numpy(), attention), atol=1e-4)


@pytest.mark.parametrize(
    ("size", "heads", "width"), [(1024, 8, 1024), (256, 4, 256), (384, 8, 384), (10, 4, 8), (2, 4, 4)]
)
def test_heads_have_their_share_of_the_size_rounded_down_and_at_least_1(size, heads, width) -> None:
    attention = PositionedAttention(6, size, heads, dropout=0.0)
    assert attention.query.weight.shape == (width, 6)
    assert attention.output.weight.shape == (6, width)


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 5, 9, 10, 23])
def test_global_and_local_attention_add_up_at_unit_length(n_frames) -> None:
    torch.manual_seed(0)
    network = Network(8, heads=2, segments=SEGMENTS, local_heads=2, dropout=0.5).eval()
    features = torch.randn(n_frames, 8)
    with torch.no_grad():
        found = network.attended(features)
    frames = features.double().numpy()
    whole = plain_attention(frames, network.whole)
    length = math.ceil(n_frames / SEGMENTS)
    for segment in range(SEGMENTS):
        own = range(n_frames)[segment * length : (segment + 1) * length]
        local = plain_attention(frames[own], network.local[segment]) if own else []
        for place, t in enumerate(own):
            np.testing.assert_allclose(found[t], unit(whole[t]) + unit(local[place]), atol=1e-4)


def test_each_head_starts_by_xaviers_rule_for_its_own_size() -> None:
    torch.manual_seed(0)
    attention = PositionedAttention(64, 64, heads=8, dropout=0.0)
    bound = math.sqrt(2) * math.sqrt(6 / (64 + 8))
    for linear in (attention.query, attention.key, attention.value):
        assert 0.98 * bound < linear.weight.abs().max() <= bound
    bound = math.sqrt(2) * math.sqrt(6 / (64 + 64))
    assert 0.98 * bound < attention.output.weight.abs().max() <= bound


def test_training_drops_attention_weights() -> None:
    torch.manual_seed(0)
    attention, frames = PositionedAttention(6, 6, heads=2, dropout=0.5), torch.randn(9, 6)
    with torch.no_grad():
        drawn = torch.stack([attention(frames) for _ in range(2000)])
        distance = drawn.mean(dim=0) - attention.eval()(frames)
    deviation = drawn.std(dim=0)
    assert deviation.min() > 0.01
    assert (distance.abs() < 5 * deviation / 2000**0.5).all()


@pytest.mark.parametrize("n_frames", [1, 2, 3, 4, 5, 12])
@pytest.mark.parametrize("made", [torch.zeros, torch.ones, torch.randn])
def test_any_video_has_finite_scores_and_gradients(n_frames, made) -> None:
    torch.manual_seed(0)
    network = Network(7, heads=8, segments=SEGMENTS, local_heads=4, dropout=0.0)
    scores = network(made(n_frames, 7))
    assert scores.shape == (n_frames,)
    assert 0 <= scores.min() <= scores.max() <= 1
    scores.sum().backward()
    gradients = {name: each.grad for name, each in network.named_parameters() if each.grad is not None}
    assert all(gradient.isfinite().all() for gradient in gradients.values())
    missing = {name for name, _ in network.named_parameters()} - gradients.keys()
    n_segments = math.ceil(n_frames / math.ceil(n_frames / SEGMENTS))
    assert {name.split(".")[1] for name in missing} == {*map(str, range(n_segments, SEGMENTS))}
