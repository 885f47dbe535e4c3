"""Segments against a loop, and how many of them are kept."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import plain_consensus as plain

from vsumlab.methods.consensus.segments import kept_segments, segment_means, share_of


@pytest.mark.parametrize(("n_frames", "length"), [(1, 5), (5, 5), (12, 5), (12, 1), (3, 20)])
def test_segments_are_unit_means_of_so_many_frames(n_frames, length) -> None:
    frames = F.normalize(torch.randn(n_frames, 4, generator=torch.Generator().manual_seed(0)), dim=-1)
    expected = plain.segments(frames.double().numpy(), length)
    np.testing.assert_allclose(segment_means(frames, length), expected, atol=1e-6)


@given(st.integers(1, 200), st.integers(1, 500))
def test_shares_are_even_and_come_to_the_limit(n_videos, limit) -> None:
    shares = [share_of(video, n_videos, limit) for video in range(n_videos)]
    assert sum(shares) == limit
    assert max(shares) - min(shares) <= 1


def test_no_more_segments_are_kept_than_asked_for() -> None:
    frames = F.normalize(torch.randn(60, 4), dim=-1)
    assert len(kept_segments(frames, 5, 100)) == 12
    torch.testing.assert_close(kept_segments(frames, 5, 4), segment_means(frames, 5)[[0, 3, 6, 9]])
    assert kept_segments(frames, 5, 0).shape == (0, 4)
