"""Segments, the uniqueness loss and the filter's, against loops, and who feels their gradients."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import plain_contrastive as plain

from vsumlab.methods.contrastive.losses import filter_loss, segments, uniqueness_loss


def outputs(n_videos: int = 3, n_frames: int = 23) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(n_videos, n_frames, 4, dtype=torch.float64, generator=generator)


def test_segments_are_unit_means_of_whole_runs() -> None:
    ours = segments(outputs(), 5)
    assert ours.shape == (3, 4, 4)
    for video, expected in zip(ours, outputs().numpy(), strict=True):
        np.testing.assert_allclose(video.numpy(), plain.segments(expected, 5))


@pytest.mark.parametrize("with_own", [True, False])
def test_uniqueness_is_equation_9(with_own) -> None:
    refined = F.normalize(outputs(), dim=-1)
    ours = uniqueness_loss(refined, segments(outputs(), 5), with_own)
    of_videos = [plain.segments(video, 5) for video in outputs().numpy()]
    np.testing.assert_allclose(ours.numpy(), plain.uniqueness(refined.numpy(), of_videos, with_own))


@pytest.mark.parametrize("with_own", [True, False])
def test_only_the_code_counts_a_videos_own_segments(with_own) -> None:
    refined, all_segments = F.normalize(outputs(), dim=-1), segments(outputs(), 5)
    before = uniqueness_loss(refined, all_segments, with_own)
    moved = all_segments.clone()
    moved[1] = -moved[1]
    after = uniqueness_loss(refined, moved, with_own)
    assert torch.equal(before[1], after[1]) != with_own
    assert (before[[0, 2]] != after[[0, 2]]).all()


@pytest.mark.parametrize("with_own", [True, False])
def test_gradients_of_uniqueness_are_the_numerical_ones(with_own) -> None:
    def loss(z: torch.Tensor) -> torch.Tensor:
        return uniqueness_loss(F.normalize(z, dim=-1), segments(z, 3), with_own)

    assert torch.autograd.gradcheck(loss, outputs(2, 6).requires_grad_())


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.25, 0.75)])
def test_the_filter_learns_by_binary_cross_entropy(low, high) -> None:
    unique = torch.tensor([[-5.0, -3.0, -1.0, -4.0]], dtype=torch.float64)
    logits = torch.tensor([[0.3, -1.0, 2.0, 0.0]], dtype=torch.float64)
    scaled = np.array([0.0, 0.5, 1.0, 0.25])
    y = 1 - (low + (high - low) * scaled)
    r = 1 / (1 + np.exp(-logits.numpy()[0]))
    expected = -(y * np.log(r) + (1 - y) * np.log(1 - r))  # eq. 10 with its bracket
    np.testing.assert_allclose(filter_loss(logits, unique, (low, high)).numpy()[0], expected)


def test_the_filters_gradient_reaches_its_logits_alone() -> None:
    unique = torch.randn(2, 5, dtype=torch.float64, requires_grad=True)
    logits = torch.randn(2, 5, dtype=torch.float64, requires_grad=True)
    filter_loss(logits, unique, (0.0, 1.0)).sum().backward()
    assert unique.grad is None
    fixed = unique.detach()
    assert torch.autograd.gradcheck(lambda x: filter_loss(x, fixed, (0.0, 1.0)), logits)


def test_each_videos_filter_learns_from_its_own_range() -> None:
    unique = torch.randn(3, 20, generator=torch.Generator().manual_seed(0)) * torch.tensor([[1.0], [3], [9]])
    logits = torch.randn(3, 20, generator=torch.Generator().manual_seed(1))
    batch = filter_loss(logits, unique, (0.25, 0.75))
    alone = [filter_loss(logits[i : i + 1], unique[i : i + 1], (0.25, 0.75))[0] for i in range(3)]
    torch.testing.assert_close(batch, torch.stack(alone))


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.25, 0.75)])
def test_the_filter_is_taught_the_ends_of_its_range(low, high) -> None:
    unique = torch.tensor([[-5.0, -2.0, -1.0]], dtype=torch.float64)
    logits = torch.zeros_like(unique).requires_grad_()
    filter_loss(logits, unique, (low, high)).sum().backward()
    assert logits.grad is not None
    target = 0.5 - logits.grad[0]  # the gradient of binary cross entropy is sigmoid(logit) - target
    assert target[0] == pytest.approx(1 - low)
    assert target[2] == pytest.approx(1 - high)
