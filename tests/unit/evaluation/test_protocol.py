import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import plain
from support.forms import FORMS
from support.made import annotated, made_video

from vsumlab.data.feature_file.reader import open_videos
from vsumlab.errors import UserError
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.metrics.reference import constant_annotators

F1_MEAN, F1_MAX, TAU, RHO, VARIANCE = range(5)
REFERENCES = ("user_scores", "user_summary")


def drawn_scores(video, draws=3):
    return np.random.default_rng(0).random((draws, video.n_picks)).astype(np.float32)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 30), st.sampled_from(REFERENCES))
def test_as_the_plain_protocol(seed, n_picks, reference):
    video = made_video(seed, n_picks)
    scores = drawn_scores(video)
    expected = [plain.evaluate(row, video, reference) for row in scores]
    np.testing.assert_allclose(evaluate_scores(scores, video, reference), expected, atol=1e-12)


RECORDED = {
    "user_scores": [
        [
            0.22769003369384183,
            0.26440677966101694,
            -0.038538481764901,
            -0.05246930199175493,
            0.09050169829643784,
        ],
        [
            0.2112282069095434,
            0.23529411764705882,
            -0.05501349254841829,
            -0.06598183271638718,
            0.08216205480885432,
        ],
    ],
    "user_summary": [
        [
            0.22769003369384183,
            0.26440677966101694,
            -0.06323679722008238,
            -0.0764986133078893,
            0.09050169829643784,
        ],
        [
            0.2112282069095434,
            0.23529411764705882,
            0.0103058854580943,
            0.012467202342812268,
            0.08216205480885432,
        ],
    ],
}
"""What two random scorers of a video came to when scores were (D, T) arrays alone."""


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_of_scores_comes_to_the_recorded_figures(form, reference):
    video = made_video(7, n_picks=40)
    scores = drawn_scores(video, draws=2)
    found = evaluate_scores(form(scores), video, reference)
    np.testing.assert_allclose(found, RECORDED[reference], rtol=1e-13)
    np.testing.assert_array_equal(found, evaluate_scores(scores, video, reference))


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(2, 30), st.sampled_from(REFERENCES))
def test_one_scorer_comes_to_a_row_without_others(seed, n_picks, reference):
    video = made_video(seed, n_picks)
    scores = drawn_scores(video)
    expected = [evaluate_scores(row[None], video, reference)[0] for row in scores]
    np.testing.assert_allclose(evaluate_scores(scores, video, reference), expected, rtol=1e-12, atol=1e-14)
    for name, form in FORMS.items():
        alone = [evaluate_scores(form(row), video, reference) for row in scores]
        np.testing.assert_array_equal(alone, expected, err_msg=name)


@pytest.mark.data
@pytest.mark.parametrize("reference", REFERENCES)
def test_as_the_plain_protocol_on_real_videos(real_data, reference):
    videos = open_videos(real_data / "tvsum.h5")
    for key in videos.keys[::10]:
        scores = drawn_scores(videos[key], draws=1)
        expected = plain.evaluate(scores[0], videos[key], reference)
        np.testing.assert_allclose(evaluate_scores(scores, videos[key], reference)[0], expected, atol=1e-12)


def test_constant_annotators_are_left_out_and_counted():
    video = made_video(1)
    user_scores = video.annotations.user_scores.copy()
    user_scores[1], user_scores[3] = 1.0, 5.0
    scores = drawn_scores(video)
    metrics = evaluate_scores(scores, annotated(video, user_scores=user_scores), "user_scores")
    others = annotated(video, user_scores=user_scores[[0, 2]])
    np.testing.assert_allclose(metrics[:, TAU:], evaluate_scores(scores, others, "user_scores")[:, TAU:])
    assert constant_annotators(annotated(video, user_scores=user_scores), "user_scores") == 2
    assert constant_annotators(others, "user_scores") == 0


def test_without_annotators_scores_there_is_f1_but_no_rank_correlation():
    video = made_video(2)
    without = annotated(video, user_scores=np.empty((0, video.n_picks)))
    metrics = evaluate_scores(drawn_scores(video), without, "user_scores")
    assert np.isnan(metrics[:, [TAU, RHO]]).all()
    np.testing.assert_array_equal(
        metrics[:, [F1_MEAN, F1_MAX]], evaluate_scores(drawn_scores(video), video, "user_scores")[:, :2]
    )
    assert constant_annotators(without, "user_scores") == 0


def test_constant_scores_have_no_rank_correlation_and_no_variance():
    video = made_video(3)
    metrics = evaluate_scores(np.full((1, video.n_picks), 0.1, dtype=np.float32), video, "user_scores")[0]
    assert np.isnan(metrics[[TAU, RHO]]).all()
    assert metrics[VARIANCE] == 0
    assert metrics[F1_MAX] >= metrics[F1_MEAN] >= 0


def test_the_annotators_mean_ranks_best_what_annotators_agree_on():
    video = made_video(4)
    scores = video.annotations.user_scores[:1]
    agreed = annotated(video, user_scores=np.repeat(scores, 3, axis=0))
    metrics = evaluate_scores(scores, agreed, "user_scores")[0]
    assert metrics[[TAU, RHO]] == pytest.approx([1.0, 1.0])


@pytest.mark.parametrize("shape", [(1, 19), (1, 21), (19,), (20, 1), (1, 20, 1), ()])
def test_scores_of_other_picks_are_refused(shape):
    with pytest.raises(UserError, match=r"^video_5: .*20 picks[^\n]*$"):
        evaluate_scores(np.zeros(shape), made_video(5, n_picks=20), "user_scores")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_scores_that_are_not_finite_are_refused(value):
    scores = np.zeros((2, 20))
    scores[1, [3, 7]] = value
    with pytest.raises(UserError, match=r"^video_5: 2 scores are not finite[^\n]*$"):
        evaluate_scores(scores, made_video(5, n_picks=20), "user_scores")
