import statistics
from dataclasses import replace

import numpy as np
import plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import made_video

from vsumlab.data.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.metrics.protocol import (
    METRICS,
    constant_annotators,
    evaluate_scores,
    mean_of_known,
    spread_of_known,
)

F1_MEAN, F1_MAX, TAU, RHO, VARIANCE = range(5)
REFERENCES = ("user_scores", "user_summary")


def drawn_scores(video, draws=3):
    return np.random.default_rng(0).random((draws, video.n_picks)).astype(np.float32)


def test_names_of_the_columns():
    assert METRICS == ("f1_mean", "f1_max", "kendall_tau", "spearman_rho", "score_variance")


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 30), st.sampled_from(REFERENCES))
def test_as_the_plain_protocol(seed, n_picks, reference):
    video = made_video(seed, n_picks)
    scores = drawn_scores(video)
    expected = [plain.evaluate(row, video, reference) for row in scores]
    np.testing.assert_allclose(evaluate_scores(scores, video, reference), expected, atol=1e-12)


@pytest.mark.data
@pytest.mark.parametrize("reference", REFERENCES)
def test_as_the_plain_protocol_on_real_videos(real_data, reference):
    videos = VideoFile(real_data / "tvsum.h5")
    for key in videos.keys[::10]:
        scores = drawn_scores(videos[key], draws=1)
        expected = plain.evaluate(scores[0], videos[key], reference)
        np.testing.assert_allclose(evaluate_scores(scores, videos[key], reference)[0], expected, atol=1e-12)


def test_constant_annotators_are_left_out_and_counted():
    video = made_video(1)
    user_scores = video.user_scores.copy()
    user_scores[1], user_scores[3] = 1.0, 5.0
    scores = drawn_scores(video)
    figures = evaluate_scores(scores, replace(video, user_scores=user_scores), "user_scores")
    others = replace(video, user_scores=user_scores[[0, 2]])
    np.testing.assert_allclose(figures[:, TAU:], evaluate_scores(scores, others, "user_scores")[:, TAU:])
    assert constant_annotators(replace(video, user_scores=user_scores), "user_scores") == 2
    assert constant_annotators(others, "user_scores") == 0


def test_without_annotators_scores_there_is_f1_but_no_rank_correlation():
    video = made_video(2)
    without = replace(video, user_scores=np.empty((0, video.n_picks)))
    figures = evaluate_scores(drawn_scores(video), without, "user_scores")
    assert np.isnan(figures[:, [TAU, RHO]]).all()
    np.testing.assert_array_equal(
        figures[:, [F1_MEAN, F1_MAX]], evaluate_scores(drawn_scores(video), video, "user_scores")[:, :2]
    )
    assert constant_annotators(without, "user_scores") == 0


def test_constant_scores_have_no_rank_correlation_and_no_variance():
    video = made_video(3)
    figures = evaluate_scores(np.full((1, video.n_picks), 0.1, dtype=np.float32), video, "user_scores")[0]
    assert np.isnan(figures[[TAU, RHO]]).all()
    assert figures[VARIANCE] == 0
    assert figures[F1_MAX] >= figures[F1_MEAN] >= 0


def test_the_annotators_mean_ranks_best_what_annotators_agree_on():
    video = made_video(4)
    agreed = replace(video, user_scores=np.repeat(video.user_scores[:1], 3, axis=0))
    figures = evaluate_scores(video.user_scores[:1], agreed, "user_scores")[0]
    assert figures[[TAU, RHO]] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("shape", [(1, 19), (1, 21), (20,), (1, 20, 1)])
def test_scores_of_other_picks_are_refused(shape):
    with pytest.raises(UserError, match=r"^video_5: .*20 picks[^\n]*$"):
        evaluate_scores(np.zeros(shape), made_video(5, n_picks=20), "user_scores")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(value):
    scores = np.zeros((2, 20))
    scores[1, [3, 7]] = value
    with pytest.raises(UserError, match=r"^video_5: 2 scores are not finite[^\n]*$"):
        evaluate_scores(scores, made_video(5, n_picks=20), "user_scores")


@given(st.lists(st.none() | st.floats(-1, 1), max_size=6))
def test_mean_of_known(values):
    known = [value for value in values if value is not None]
    mean = mean_of_known(np.array([np.nan if value is None else value for value in values]))
    assert mean == pytest.approx(sum(known) / len(known) if known else np.nan, nan_ok=True)


@given(st.lists(st.none() | st.floats(-1, 1), max_size=6))
def test_spread_of_known(values):
    known = [value for value in values if value is not None]
    spread = spread_of_known(np.array([np.nan if value is None else value for value in values]))
    expected = statistics.stdev(known) if len(known) > 1 else np.nan
    assert spread == pytest.approx(expected, abs=1e-9, nan_ok=True)
