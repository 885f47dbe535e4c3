"""How many frames are taken, and where."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.methods.common.evenly_spaced import (
    CLUSTERED,
    at_even_steps,
    frames_to_cluster,
    middles,
    share_count,
)


@pytest.mark.parametrize("n_frames", [1, 2, 7, 50, 51])
def test_middles_are_those_of_parts_of_equal_length(n_frames) -> None:
    for count in range(1, n_frames + 1):
        found = middles(count, n_frames).tolist()
        assert len({*found}) == count
        for part, place in enumerate(found):
            middle = (part + 0.5) * n_frames / count
            assert middle - 1 < place <= middle


@pytest.mark.parametrize(
    ("share", "n_frames", "expected"), [(0.02, 1, 1), (0.02, 74, 1), (0.02, 76, 2), (1.0, 9, 9)]
)
def test_a_share_is_at_least_one_frame(share, n_frames, expected) -> None:
    assert share_count(share, n_frames) == expected


def test_all_frames_are_clustered_unless_there_are_too_many() -> None:
    assert frames_to_cluster(CLUSTERED).tolist() == [*range(CLUSTERED)]
    thinned = frames_to_cluster(3 * CLUSTERED)
    assert len(thinned) == CLUSTERED
    assert thinned.tolist() == [*range(0, 3 * CLUSTERED, 3)]


@given(
    candidates=st.lists(st.booleans(), min_size=1, max_size=60).filter(any),
    part=st.floats(0, 1),
)
def test_even_steps_are_as_even_as_whole_numbers_let_them(candidates, part) -> None:
    n_wanted = round(part * sum(candidates))
    found = at_even_steps(torch.tensor([candidates]), torch.tensor([[n_wanted]]))[0]
    places = [place for place, frame in enumerate(np.flatnonzero(candidates)) if found[frame]]
    assert found.sum() == n_wanted == len(places)
    gaps = np.diff(places)
    assert n_wanted < 2 or gaps.max() - gaps.min() <= 1
    if n_wanted:
        step = sum(candidates) / n_wanted
        assert abs(places[0] - (step - 1) / 2) <= 1, "half a step from the start"
        assert abs(sum(candidates) - 1 - places[-1] - (step - 1) / 2) <= 1, "and from the end"
