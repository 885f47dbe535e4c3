"""Counts that follow from picks and shots."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from support.made import made_timeline


@given(st.integers(0, 10_000), st.integers(1, 30))
def test_shots_have_as_many_frames_as_there_are_from_first_to_last(seed, n_picks) -> None:
    timeline = made_timeline(np.random.default_rng(seed), n_picks)
    assert timeline.n_picks == n_picks
    assert timeline.shot_lengths.tolist() == [
        len(range(first, last + 1)) for first, last in timeline.shots.tolist()
    ]
    assert timeline.shot_lengths.sum() == timeline.n_frames  # shots cover the video, none of it twice
