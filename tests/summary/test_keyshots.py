from dataclasses import replace
from fractions import Fraction

import numpy as np
import plain
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import made_video

from vsumlab.summary.keyshots import frame_scores, key_shot_summary, select_shots, shot_scores

videos = st.builds(
    made_video, st.integers(0, 10_000), n_picks=st.integers(1, 30), first_pick=st.integers(0, 10)
)


def drawn_scores(video, dtype=np.float32):
    return np.random.default_rng(video.n_frames).random(video.n_picks).astype(dtype)


def score_of_frame(frame, scores, picks):
    """That of the last pick which is not later."""
    earlier = [score for score, pick in zip(scores.tolist(), picks.tolist(), strict=True) if pick <= frame]
    return earlier[-1] if earlier else 0.0


@given(videos)
def test_every_frame_has_the_score_of_the_pick_before_it(video):
    scores = drawn_scores(video)
    frames = frame_scores(scores, video.picks, video.n_frames)
    assert frames.dtype == np.float64
    assert frames.tolist() == [score_of_frame(n, scores, video.picks) for n in range(video.n_frames)]


@given(videos)
def test_a_shot_has_the_exact_mean_of_its_frames(video):
    scores = drawn_scores(video)
    expected = []
    for first, last in video.shots.tolist():
        frames = [Fraction(score_of_frame(frame, scores, video.picks)) for frame in range(first, last + 1)]
        expected.append(float(sum(frames) / len(frames)))
    assert shot_scores(scores, video) == pytest.approx(expected, rel=1e-13, abs=1e-15)


@given(videos)
def test_a_summary_is_of_whole_shots_and_within_the_budget(video):
    scores = drawn_scores(video)
    chosen, summary = select_shots(scores, video), key_shot_summary(scores, video)
    assert summary.dtype == np.bool_
    assert summary.tolist() == plain.expand(chosen, video).tolist()
    assert 100 * int(summary.sum()) <= 15 * video.n_frames


@given(videos)
def test_a_summary_is_worth_as_much_as_the_plain_one(video):
    scores = drawn_scores(video)
    values = plain.shot_scores(scores, video)
    in_plain = plain.summary(scores, video)[video.shots[:, 0]]
    assert values[select_shots(scores, video)].sum() == pytest.approx(values[in_plain].sum(), abs=1e-12)


def test_the_budget_may_be_spent_to_the_last_frame():
    shots = np.array([[0, 2], [3, 5], [6, 19]])
    video = replace(made_video(0, n_picks=4), picks=np.arange(0, 20, 5), n_frames=20, shots=shots)
    assert select_shots(np.array([0.1, 0.9, 0.0, 0.0]), video).tolist() == [False, True, False]


def test_no_shot_is_short_enough():
    video = replace(made_video(0, n_picks=2), picks=np.array([0, 9]), n_frames=20, shots=np.array([[0, 19]]))
    assert not key_shot_summary(np.ones(2), video).any()
