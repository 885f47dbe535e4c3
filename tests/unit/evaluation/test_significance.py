"""Paired comparisons, against brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, permutation_test

from vsumlab.evaluation.significance import RESAMPLES, paired_difference


def test_p_is_the_share_of_sign_changes_that_give_as_much() -> None:
    rng = np.random.default_rng(0)
    for n_videos in (2, 5, 9):
        ours, theirs = rng.random(n_videos), rng.random(n_videos)
        differences = [float(a - b) for a, b in zip(ours, theirs, strict=True)]
        seen = abs(sum(differences))
        changed = [
            abs(sum(sign * difference for sign, difference in zip(signs, differences, strict=True)))
            for signs in itertools.product((1, -1), repeat=n_videos)
        ]
        expected = sum(total >= seen - 1e-12 for total in changed) / len(changed)
        found = paired_difference(ours, theirs)
        assert found.p == pytest.approx(expected)
        assert found.mean == pytest.approx(sum(differences) / n_videos)


def test_the_interval_is_that_of_resampled_videos() -> None:
    rng = np.random.default_rng(1)
    ours, theirs = rng.normal(0.3, 1, 40), np.zeros(40)
    means = np.sort([rng.choice(ours, 40).mean() for _ in range(4000)])
    found = paired_difference(ours, theirs)
    assert found.low == pytest.approx(means[100], abs=0.04)
    assert found.high == pytest.approx(means[3900], abs=0.04)
    assert found.low < found.mean < found.high


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 60), st.floats(-1, 1))
def test_interval_and_p_are_scipys_to_the_last_draw(seed, n_videos, shift) -> None:
    differences = np.random.default_rng(seed).normal(shift, 1, n_videos)
    found = paired_difference(differences, np.zeros(n_videos))
    interval = bootstrap(
        (differences,), np.mean, n_resamples=RESAMPLES, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-12)
    test = permutation_test(
        (differences,),
        lambda values, axis: values.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=np.random.default_rng(0),
    )
    assert found.p == test.pvalue


def test_ties_of_round_figures_are_counted() -> None:
    """Means that are equal but for rounding: every sign change of such figures that gives as much counts."""
    differences = np.array([0.1, 0.2, 0.3, -0.1, 0.1, 0.2, -0.3, 0.1, 0.1])
    seen = round(10 * differences.sum())
    tenths = np.rint(10 * differences).astype(int)
    totals = [int(np.dot(signs, tenths)) for signs in itertools.product((1, -1), repeat=len(differences))]
    expected = np.mean([abs(total) >= seen for total in totals])
    assert paired_difference(differences, np.zeros(9)).p == pytest.approx(expected)


def test_noise_is_seldom_called_a_difference_and_a_shift_always_is() -> None:
    rng = np.random.default_rng(2)
    noise = [paired_difference(rng.normal(size=15), rng.normal(size=15)).distinguishable for _ in range(100)]
    assert 0.01 < np.mean(noise) < 0.1
    assert all(paired_difference(rng.normal(3, 1, 15), np.zeros(15)).distinguishable for _ in range(20))


def test_videos_without_a_metric_are_left_out() -> None:
    ours = np.array([0.5, np.nan, 0.7, 0.1])
    theirs = np.array([0.1, 0.2, np.nan, 0.3])
    found = paired_difference(ours, theirs)
    assert found.n_videos == 2
    assert found == paired_difference(ours[[0, 3]], theirs[[0, 3]])


def test_too_few_videos_tell_nothing() -> None:
    one = paired_difference(np.array([0.5]), np.array([0.2]))
    assert one.mean == pytest.approx(0.3)
    assert np.isnan([one.low, one.high, one.p]).all()
    none = paired_difference(np.array([np.nan]), np.array([0.2]))
    assert np.isnan(none.mean)
    assert not none.distinguishable
    assert not one.distinguishable


@pytest.mark.parametrize("n_videos", range(2, 9))
def test_decidable_is_where_the_clearest_difference_there_can_be_is_told(n_videos) -> None:
    clearest = paired_difference(np.linspace(0.5, 0.9, n_videos), np.zeros(n_videos))
    assert clearest.decidable == clearest.distinguishable


def test_equal_scorers_and_equal_shifts() -> None:
    same = paired_difference(np.ones(5), np.ones(5))
    assert (same.mean, same.low, same.high, same.p) == (0, 0, 0, 1)
    shifted = paired_difference(np.full(8, 2.0), np.ones(8))
    assert (shifted.low, shifted.high, shifted.p) == (1, 1, 2 / 2**8)


def test_the_same_metrics_give_the_same_answer() -> None:
    rng = np.random.default_rng(3)
    ours, theirs = rng.random(30), rng.random(30)
    assert paired_difference(ours, theirs) == paired_difference(ours, theirs)
