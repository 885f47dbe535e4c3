"""From criteria to scores, and which frames are trained on."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d

from vsumlab.methods.contrastive.sampling import at_picks, resampled_picks
from vsumlab.methods.contrastive.scores import importance, rescaled

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


def test_magnitudes_rank_alike_before_smoothing() -> None:
    criterion = torch.rand(50)
    ranks = [importance([criterion], name, 0.05, 1e-3).argsort() for name in ("exponential", "offset")]
    assert torch.equal(*ranks)


def test_longer_videos_give_a_sorted_random_subset() -> None:
    torch.manual_seed(0)
    lengths = torch.full((4000,), 25)
    picks = resampled_picks(lengths, 10)
    assert (picks.diff(dim=-1) > 0).all()
    assert picks.min() >= 0
    assert picks.max() < 25
    counts = picks.flatten().bincount(minlength=25)
    expected = 4000 * 10 / 25
    assert ((counts - expected).abs() < 5 * (expected * (1 - 10 / 25)) ** 0.5).all()


@pytest.mark.parametrize("length", [1, 2, 7, 99, 100, 150, 200])
def test_shorter_videos_are_interpolated_to_the_nearest_pick(length) -> None:
    picks = resampled_picks(torch.tensor([length, 300]), 200)[0]
    track = torch.arange(length, dtype=torch.float32)
    expected = F.interpolate(track[None, None], size=200, mode="nearest")[0, 0].long()
    assert torch.equal(picks, expected)


def test_each_video_is_sampled_from_its_own_picks() -> None:
    lengths = torch.tensor([3, 40, 12, 500])
    features = torch.arange(4)[:, None, None] * 1000 + torch.arange(500)[None, :, None]
    picks = resampled_picks(lengths, 20)
    taken = at_picks(features, picks)[..., 0]
    assert torch.equal(taken // 1000, torch.arange(4)[:, None].expand(4, 20))
    assert torch.equal(taken % 1000, picks)
    assert (picks < lengths[:, None]).all()
