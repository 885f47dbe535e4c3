"""Positions against the formula, number by number."""

import math

import pytest
import torch

from vsumlab.methods.pgl_sum.positions import positions


@pytest.mark.parametrize(("n_frames", "dimensions"), [(1, 8), (9, 8), (30, 5)])
def test_positions_are_the_formulas(n_frames, dimensions) -> None:
    found = positions(slice(0, n_frames), n_frames, dimensions)
    for t in range(n_frames):
        for column in range(n_frames):
            angle = t / 10_000 ** (2 * (column // 2) / dimensions)
            expected = math.cos(angle) if column % 2 else math.sin(angle)
            assert found[t, column].item() == pytest.approx(expected, abs=1e-5)


def test_rows_are_those_of_the_whole() -> None:
    whole = positions(slice(0, 9), 9, 8)
    assert torch.equal(positions(slice(3, 7), 9, 8), whole[3:7])


def test_many_more_frames_than_dimensions_have_finite_positions() -> None:
    assert positions(slice(0, 3), 5_000, 8).isfinite().all()
