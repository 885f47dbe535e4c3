"""Which frames of a video are sampled, where a pick's score is found, and which frames are key."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.methods.sum_fcn.sampling import nearest_places, sampled_picks


@given(st.lists(st.integers(1, 90), min_size=1, max_size=4), st.integers(1, 60))
def test_picks_hold_the_middles_of_equal_parts(lengths, n_frames) -> None:
    picks = sampled_picks(torch.tensor(lengths), n_frames)
    for length, of_video in zip(lengths, picks.tolist(), strict=True):
        middles = [Fraction(2 * i + 1, 2 * n_frames) * length for i in range(n_frames)]
        assert of_video == [int(middle) for middle in middles]
        assert 0 <= of_video[0] <= of_video[-1] < length


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_pick_has_the_score_of_the_nearest_sampled_frame(length, n_frames) -> None:
    places = nearest_places(torch.tensor([length]), n_frames, length)[0].tolist()
    middles = [Fraction(2 * i + 1, 2 * n_frames) for i in range(n_frames)]
    for pick, place in enumerate(places):
        own = Fraction(2 * pick + 1, 2 * length)
        assert abs(middles[place] - own) == min(abs(middle - own) for middle in middles)


@pytest.mark.parametrize("length", [1, 3, 40, 320])
def test_each_pick_that_is_sampled_has_its_own_score(length) -> None:
    """No video of up to as many picks as are sampled loses any."""
    lengths = torch.tensor([length])
    places = nearest_places(lengths, 320, length)
    assert sampled_picks(lengths, 320).gather(1, places)[0].tolist() == [*range(length)]


def test_places_in_the_padding_are_places() -> None:
    places = nearest_places(torch.tensor([2, 50]), 20, 50)
    assert places.shape == (2, 50)
    assert 0 <= places.min() <= places.max() <= 19
