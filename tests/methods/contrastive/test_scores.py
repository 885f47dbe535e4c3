"""Scaling within each video alone, and scores that stay in range in float32."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.methods.contrastive.losses import filter_loss
from vsumlab.methods.contrastive.scores import importance, rescaled

MAGNITUDES = ("exponential", "offset")


def test_each_video_of_a_batch_is_scaled_alone() -> None:
    videos = torch.randn(4, 30, generator=torch.Generator().manual_seed(0))
    videos *= torch.tensor([[0.01], [1.0], [50.0], [0.0]])
    for video, scaled in zip(videos, rescaled(videos), strict=True):
        assert torch.equal(scaled, rescaled(video))
        assert scaled.max() == 1


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


@pytest.mark.parametrize("level", [-8.0, -1e-3, 0.0, 1.0, 4.0])
@pytest.mark.parametrize("noise", [0.0, 1e-7])
def test_a_constant_at_any_level_is_scaled_to_1(level, noise) -> None:
    constant = level + noise * torch.randn(50, generator=torch.Generator().manual_seed(0))
    assert torch.equal(rescaled(constant), torch.ones(50))


@given(
    st.integers(1, 3).flatmap(
        lambda count: st.lists(
            st.lists(st.floats(-8, 8, width=32), min_size=count, max_size=count), min_size=1, max_size=30
        )
    ),
    st.sampled_from(MAGNITUDES),
    st.floats(0.01, 1),
    st.floats(0.1, 5),
)
def test_scores_are_in_range_whatever_the_criteria(rows, magnitude, offset, smoothing) -> None:
    criteria = list(torch.tensor(rows).T)
    scores = importance(criteria, magnitude, offset, smoothing)
    assert scores.shape == criteria[0].shape
    assert scores.isfinite().all()
    lowest = np.exp(-1) if magnitude == "exponential" else offset / (1 + offset)
    assert scores.min() >= lowest - 1e-6
    assert scores.max() <= 1


@pytest.mark.parametrize("magnitude", MAGNITUDES)
def test_a_lone_frame_is_all_important(magnitude) -> None:
    assert importance([torch.tensor([-3.0]), torch.tensor([2.0])], magnitude, 0.05, 1.0).tolist() == [1.0]
