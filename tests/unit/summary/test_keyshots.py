import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import plain
from support.forms import FORMS
from support.made import made_timeline

from vsumlab.core.timeline import Timeline
from vsumlab.summary.keyshots import budget, frame_scores, key_shot_summary, select_shots, shot_scores

timelines = st.builds(
    made_timeline,
    st.integers(0, 10_000).map(np.random.default_rng),
    n_picks=st.integers(1, 30),
    first_pick=st.integers(0, 10),
)


def drawn_scores(timeline):
    return np.random.default_rng(timeline.n_frames).random(timeline.n_picks).astype(np.float32)


@given(st.integers(0, 10**9))
def test_the_budget_is_the_whole_part_of_fifteen_hundredths(n_frames):
    assert budget(n_frames) == math.floor(Fraction(15, 100) * n_frames)


def score_of_frame(frame, scores, picks):
    """That of the last pick which is not later."""
    earlier = [score for score, pick in zip(scores.tolist(), picks.tolist(), strict=True) if pick <= frame]
    return earlier[-1] if earlier else 0.0


@given(timelines)
def test_every_frame_has_the_score_of_the_pick_before_it(timeline):
    scores = drawn_scores(timeline)
    frames = frame_scores(scores, timeline.picks, timeline.n_frames)
    assert frames.dtype == np.float64
    assert frames.tolist() == [score_of_frame(n, scores, timeline.picks) for n in range(timeline.n_frames)]


@given(timelines)
def test_a_shot_has_the_exact_mean_of_its_frames(timeline):
    scores = drawn_scores(timeline)
    expected = []
    for first, last in timeline.shots.tolist():
        frames = [Fraction(score_of_frame(frame, scores, timeline.picks)) for frame in range(first, last + 1)]
        expected.append(float(sum(frames) / len(frames)))
    assert shot_scores(scores, timeline) == pytest.approx(expected, rel=1e-13, abs=1e-15)


@given(timelines)
def test_a_summary_is_of_whole_shots_and_within_the_budget(timeline):
    scores = drawn_scores(timeline)
    chosen, summary = select_shots(scores, timeline), key_shot_summary(scores, timeline)
    assert summary.dtype == np.bool_
    assert summary.tolist() == plain.expand(chosen, timeline).tolist()
    assert 100 * int(summary.sum()) <= 15 * timeline.n_frames


@given(timelines)
def test_a_summary_is_worth_as_much_as_the_plain_one(timeline):
    scores = drawn_scores(timeline)
    values = plain.shot_scores(scores, timeline)
    in_plain = plain.summary(scores, timeline)[timeline.shots[:, 0]]
    assert values[select_shots(scores, timeline)].sum() == pytest.approx(values[in_plain].sum(), abs=1e-12)


def test_the_budget_may_be_spent_to_the_last_frame():
    timeline = Timeline(np.arange(0, 20, 5), 20, np.array([[0, 2], [3, 5], [6, 19]]))
    assert select_shots(np.array([0.1, 0.9, 0.0, 0.0]), timeline).tolist() == [False, True, False]


def test_no_shot_is_short_enough():
    timeline = Timeline(np.array([0, 9]), 20, np.array([[0, 19]]))
    assert not key_shot_summary(np.ones(2), timeline).any()


@given(timelines, st.sampled_from([np.float32, np.float64]))
def test_scores_of_every_form_and_of_several_scorers_give_the_same_to_the_bit(timeline, dtype):
    rows = np.random.default_rng(timeline.n_frames).random((3, timeline.n_picks)).astype(dtype)
    functions = (
        lambda scores: frame_scores(scores, timeline.picks, timeline.n_frames),
        lambda scores: shot_scores(scores, timeline),
        lambda scores: select_shots(scores, timeline),
        lambda scores: key_shot_summary(scores, timeline),
    )
    for function in functions:
        expected = np.stack([function(row) for row in rows])
        assert expected.ndim == 2
        for name, form in FORMS.items():
            np.testing.assert_array_equal(function(form(rows)), expected, err_msg=name)
            np.testing.assert_array_equal(function(form(rows[0])), expected[0], err_msg=name)
