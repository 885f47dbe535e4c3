from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support import plain_boundaries as plain
from support.made import made_features

from vsumlab.summary import segmentation
from vsumlab.summary.segmentation import UNIT, block_scatter, cheapest_segmentation

few_frames = st.builds(
    lambda seed, n_frames, dim, scale: scale * made_features(seed, n_frames, dim).astype(np.float64),
    st.integers(0, 10_000),
    n_frames=st.integers(1, 9),
    dim=st.integers(1, 3),
    scale=st.sampled_from([0.1, 1.0, 5.0]),
)
tied_frames = st.integers(1, 9).flatmap(
    lambda n: arrays(np.float64, (n, 1), elements=st.sampled_from([0, 1]))
)

block = st.sampled_from([1, 2, 64])


def allowed(n_frames, longest):
    """All change points with no segment longer than that."""
    for points in plain.every_segmentation(n_frames):
        if max(np.diff([0, *points, n_frames])) <= longest:
            yield points


def in_blocks(size, *arguments):
    """The cheapest segmentation where so many frames are a block."""
    with mock.patch.object(segmentation, "BLOCK", size):
        return cheapest_segmentation(*arguments)


@given(few_frames, st.floats(0.01, 3), st.integers(1, 10), block)
def test_no_segmentation_is_cheaper(frames, price, longest, block):
    found = in_blocks(block, frames, price, longest)
    points = found.change_points.tolist()
    assert points in list(allowed(len(frames), longest))
    assert found.scatter == pytest.approx(plain.segments_scatter(frames, points), abs=1e-8)
    costs = [
        plain.segments_scatter(frames, each) + price * len(each) for each in allowed(len(frames), longest)
    ]
    assert found.scatter + price * found.n_changes == pytest.approx(min(costs), abs=1e-8)


@given(tied_frames, st.sampled_from([0.123, 0.456, 0.789]), block)
def test_of_equal_ones_the_earliest_last_change(frames, price, block):
    def cost(points):
        return round(plain.segments_scatter(frames, points) + price * len(points), 9)

    least = min(map(cost, plain.every_segmentation(len(frames))))
    equal = [points for points in plain.every_segmentation(len(frames)) if cost(points) == least]
    found = in_blocks(block, frames, price, len(frames)).change_points.tolist()
    assert found == min(equal, key=lambda points: points[::-1])


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("longest", [5, 200])
def test_blocks_are_all_the_same(size, longest):
    frames = made_features(0, 200, 16).astype(np.float64)
    expected = cheapest_segmentation(frames, 1.0, longest)
    found = in_blocks(size, frames, 1.0, longest)
    assert found.scatter == expected.scatter
    assert found.change_points.tolist() == expected.change_points.tolist()
    assert 10 < found.n_changes < 100


@given(st.integers(0, 100), st.integers(0, 9), st.integers(1, 9))
def test_scatter_is_that_of_squared_distances_to_the_mean(seed, n_before, n_block):
    frames = made_features(seed, n_before + n_block, 4).astype(np.float64)
    norms = np.append(0.0, np.square(frames).sum(axis=1).cumsum())
    sums = np.zeros(len(frames))
    for i in range(n_before):
        sums[i] = np.square(frames[i:n_before].sum(axis=0)).sum()
    scatter, through = block_scatter(frames, norms, sums, n_before)
    for i in range(len(frames)):
        assert through[i] == pytest.approx(np.square(frames[i:].sum(axis=0)).sum())
        for end in range(max(i, n_before) + 1, len(frames) + 1):
            expected = plain.segments_scatter(frames[i:end], [])
            assert scatter[end - n_before - 1, i] * UNIT == pytest.approx(expected, abs=1e-9)
    assert (scatter == np.rint(scatter)).all()
