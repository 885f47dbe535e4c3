import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import kendalltau, spearmanr
from support.forms import FORMS

from vsumlab.metrics.rank import kendall_tau, spearman_rho

OURS_AND_SCIPYS = pytest.mark.parametrize(
    ("ours", "scipys"), [(kendall_tau, kendalltau), (spearman_rho, spearmanr)], ids=["tau", "rho"]
)


def one_by_one(scipys, scores, references):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy's, of constant input
        return np.array([[scipys(x, y).statistic for y in references] for x in scores])


@OURS_AND_SCIPYS
@given(data=st.data())
def test_as_scipy_one_pair_at_a_time(ours, scipys, data):
    """Few different values, so that ties and constant rows are common; NaN has to be where scipy has it."""
    n_scores, n_references, T = (data.draw(st.integers(*limits)) for limits in ((1, 4), (1, 4), (2, 25)))
    values = st.sampled_from([0.0, 0.1, 0.25, 1.0])
    scores = data.draw(arrays(np.float64, (n_scores, T), elements=values))
    references = data.draw(arrays(np.float64, (n_references, T), elements=values | st.floats(0, 1)))
    expected = one_by_one(scipys, scores, references)
    np.testing.assert_allclose(ours(scores, references), expected, atol=1e-12)


@OURS_AND_SCIPYS
def test_as_scipy_at_the_length_of_real_videos(ours, scipys):
    rng = np.random.default_rng(0)
    references = rng.integers(1, 6, (5, 600)).astype(np.float64)
    scores = np.stack([rng.random(600), rng.random(600).round(1), references[0] + 2 * rng.random(600)])
    expected = one_by_one(scipys, scores.astype(np.float32), references)
    np.testing.assert_allclose(ours(scores.astype(np.float32), references), expected, atol=1e-12)


@OURS_AND_SCIPYS
def test_constant_rows_and_lone_picks_have_none(ours, scipys):
    rows = np.array([[0.1, 0.1, 0.1], [0.3, 0.2, 0.5]])
    assert np.isnan(ours(rows, rows)).tolist() == [[True, True], [True, False]]
    assert np.isnan(ours(rows[:, :1], rows[:, :1])).all()
    assert ours(rows, np.empty((0, 3))).shape == (2, 0)


@OURS_AND_SCIPYS
def test_only_the_order_matters(ours, scipys):
    """Neither values that float32 cannot tell apart, nor infinite differences."""
    fine = 1.0 + np.array([[3.0, 1.0, 4.0, 2.0]]) * 1e-15
    coarse = np.array([[1e300, -1e300, 1.7e308, 0.0]])
    assert ours(fine, coarse)[0, 0] == pytest.approx(1.0)
    assert ours(-fine, coarse)[0, 0] == pytest.approx(-1.0)


@given(st.integers(2, 40), st.integers(1, 2000))
def test_tau_does_not_depend_on_the_blocks(T, block_elements):
    rng = np.random.default_rng(T)
    scores, references = rng.random((3, T)).round(1), rng.integers(1, 6, (2, T))
    blocked = kendall_tau(scores, references, block_elements)
    np.testing.assert_array_equal(blocked, kendall_tau(scores, references))


@pytest.mark.parametrize(("rows", "T"), [(2, 3000), (40, 600)])
def test_tau_holds_little_memory_for_long_videos_and_many_rows(rows, T):
    rng = np.random.default_rng(0)
    scores, references = rng.random((rows, T)), rng.random((rows, T))
    tracemalloc.start()
    kendall_tau(scores, references)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    signs_of_all_pairs = 2 * rows * T * T * 4  # bytes
    assert peak < signs_of_all_pairs / 7


@OURS_AND_SCIPYS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_scores_of_every_form_give_the_same_to_the_bit(form, dtype, ours, scipys):
    rng = np.random.default_rng(0)
    scores, references = rng.random((3, 30)).astype(dtype), rng.random((4, 30)).round(1)
    expected = ours(scores, references)
    np.testing.assert_allclose(expected, one_by_one(scipys, scores, references), atol=1e-12)
    np.testing.assert_array_equal(ours(form(scores), form(references)), expected)
    for row in range(3):
        np.testing.assert_array_equal(
            ours(form(scores[row]), references), ours(scores[row][None], references)[0]
        )
        alone = ours(form(scores[row]), form(references[0]))
        assert alone.shape == ()
        assert alone == ours(scores[row][None], references[:1])[0, 0]
