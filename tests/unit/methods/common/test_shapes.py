"""z-scores, ranks and the Gaussian, against scipy."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import gaussian_filter1d
from scipy.stats import rankdata, zscore

from vsumlab.core.video import Timing
from vsumlab.methods.common.shapes import in_picks, ranks, scaled_to_unit, shaped, smoothed, z_scores

VALUES = arrays(np.float32, st.integers(1, 30), elements=st.integers(-4, 4).map(lambda n: n / 2))


@given(VALUES)
def test_ranks_are_scipys_and_ties_share_one(values) -> None:
    expected = (rankdata(values) - 0.5) / len(values)
    np.testing.assert_allclose(ranks(torch.from_numpy(values)), expected)


@given(VALUES)
def test_z_scores_are_scipys_but_for_constant_values(values) -> None:
    found = z_scores(torch.from_numpy(values)).numpy()
    expected = zscore(values.astype(np.float64)) if np.ptp(values) else np.zeros(len(values))
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_rounding_is_no_difference() -> None:
    noisy = 0.7 + 1e-7 * torch.randn(50, generator=torch.Generator().manual_seed(0))
    assert not z_scores(noisy).any()
    assert len({*ranks(noisy - 0.2 + 0.000003).tolist()}) == 1


@pytest.mark.parametrize("deviation", [0.5, 3.0, 40.0])
def test_the_gaussian_is_scipys(deviation) -> None:
    values = torch.randn(20, generator=torch.Generator().manual_seed(0)).double()
    np.testing.assert_allclose(smoothed(values, deviation), gaussian_filter1d(values.numpy(), deviation))


def test_a_term_is_ranked_then_scaled_then_smoothed() -> None:
    values = torch.rand(20, generator=torch.Generator().manual_seed(0))
    expected = gaussian_filter1d(zscore(rankdata(values.numpy())), 2.0)
    np.testing.assert_allclose(shaped(values, 2.0), expected, atol=1e-12)
    np.testing.assert_allclose(shaped(values.exp(), 2.0), expected, atol=1e-12)  # ranks alone matter


@given(VALUES)
def test_scaled_values_keep_their_order_and_reach_both_ends(values) -> None:
    found = scaled_to_unit(torch.from_numpy(values)).numpy()
    span = np.ptp(values)
    np.testing.assert_allclose(
        found, (values - values.min()) / span if span else np.ones(len(values)), rtol=1e-6
    )


def test_seconds_are_picks_at_the_videos_own_rate() -> None:
    assert in_picks(1.5, Timing(4.0, torch.zeros(9, dtype=torch.int64))) == 6.0
    assert in_picks(1.5, None) == 3.0
