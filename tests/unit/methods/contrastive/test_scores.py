"""From criteria to scores: scaling within each video alone, and scores that stay in range in float32."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from vsumlab.methods.contrastive.scores import importance, rescaled

MAGNITUDES = ("exponential", "offset")

values = st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=30).map(torch.tensor)


@given(values)
def test_rescaled_values_keep_their_order_and_reach_both_ends(criterion) -> None:
    scaled = rescaled(criterion)
    assert scaled.isfinite().all()
    if criterion.max() - criterion.min() > 1e-4:
        assert (scaled.min(), scaled.max()) == (0, 1)
        order = criterion.argsort()
        assert (scaled[order].diff() >= 0).all()


@pytest.mark.parametrize("noise", [0.0, 3e-7])
def test_a_constant_criterion_silences_nobody(noise) -> None:
    constant = 0.7 + noise * torch.randn(20)
    other = torch.rand(20)
    assert (rescaled(constant) == 1).all()
    torch.testing.assert_close(
        importance([constant, other], "offset", 0.05, 1.0), importance([other], "offset", 0.05, 1.0)
    )


def test_each_video_of_a_batch_is_scaled_alone() -> None:
    videos = torch.randn(4, 30, generator=torch.Generator().manual_seed(0))
    videos *= torch.tensor([[0.01], [1.0], [50.0], [0.0]])
    for video, scaled in zip(videos, rescaled(videos), strict=True):
        assert torch.equal(scaled, rescaled(video))
        assert scaled.max() == 1


@pytest.mark.parametrize("level", [-8.0, -1e-3, 0.0, 1.0, 4.0])
@pytest.mark.parametrize("noise", [0.0, 1e-7])
def test_a_constant_at_any_level_is_scaled_to_1(level, noise) -> None:
    constant = level + noise * torch.randn(50, generator=torch.Generator().manual_seed(0))
    assert torch.equal(rescaled(constant), torch.ones(50))


@pytest.mark.parametrize("magnitude", ["exponential", "offset"])
def test_importance_is_equation_12(magnitude) -> None:
    criteria = torch.randn(3, 40, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    low, high = criteria.numpy().min(1, keepdims=True), criteria.numpy().max(1, keepdims=True)
    product = ((criteria.numpy() - low) / (high - low)).prod(0)
    raised = np.exp(product - 1) if magnitude == "exponential" else (product + 0.05) / 1.05
    scores = importance(list(criteria), magnitude, 0.05, 1.0)
    np.testing.assert_allclose(scores.numpy(), gaussian_filter1d(raised, 1.0))
    assert scores.min() >= 0
    assert scores.max() <= 1


def test_magnitudes_rank_frames_the_same_before_smoothing() -> None:
    criterion = torch.rand(50)
    ranks = [importance([criterion], name, 0.05, 1e-3).argsort() for name in ("exponential", "offset")]
    assert torch.equal(*ranks)


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
