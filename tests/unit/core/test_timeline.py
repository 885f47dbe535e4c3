"""Counts that follow from picks and shots."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.made import made_timeline

from vsumlab.core.timeline import USUAL_RATE, Timeline


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_shots_have_as_many_frames_as_there_are_from_first_to_last(seed, n_picks) -> None:
    timeline = made_timeline(np.random.default_rng(seed), n_picks)
    assert timeline.n_picks == n_picks
    assert timeline.shot_lengths.tolist() == [
        len(range(first, last + 1)) for first, last in timeline.shots.tolist()
    ]
    assert timeline.shot_lengths.sum() == timeline.n_frames  # shots cover the video, none of it twice


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_each_pick_is_in_the_shot_that_its_frame_is_in(seed, n_picks) -> None:
    timeline = made_timeline(np.random.default_rng(seed), n_picks)
    for pick, shot in zip(timeline.picks, timeline.shot_of_pick, strict=True):
        first, last = timeline.shots[shot]
        assert first <= pick <= last


def test_picks_a_second_are_by_the_usual_distance_of_two() -> None:
    shots = np.array([[0, 99]])
    assert Timeline(np.arange(0, 90, 15), 100, shots).rate == 2  # 30 frames a second where nothing is said
    assert Timeline(np.array([0, 15, 30, 31]), 100, shots, fps=60).rate == 4
    assert Timeline(np.array([7]), 100, shots).rate == USUAL_RATE


def test_it_says_in_a_line_what_it_is() -> None:
    timeline = Timeline(np.arange(0, 900, 15), 900, np.array([[0, 99], [100, 899]]), fps=29.97)
    assert repr(timeline) == "Timeline(60 picks, 900 frames at 29.97 a second, 2 shots)"
