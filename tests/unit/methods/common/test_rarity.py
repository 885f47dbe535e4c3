"""Rarity against a loop over frames."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import plain_consensus as plain

from vsumlab.methods.common import row_blocks as blocks
from vsumlab.methods.common.evenly_spaced import evenly
from vsumlab.methods.common.rarity import MEDIAN_OF, rarity


def vectors(count: int, dim: int = 6, seed: int = 0) -> torch.Tensor:
    drawn = torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))
    return F.normalize(drawn, dim=-1)


@pytest.mark.parametrize("n_frames", [2, 3, 10, 31])
@pytest.mark.parametrize("sharpness", [1.0, 8.0])
def test_rarity_is_a_loop_over_frames(n_frames, sharpness) -> None:
    frames = vectors(n_frames)
    if n_frames > 2:  # of two frames half the distances are 0
        expected = plain.rarity(frames.double().numpy(), frames.double().numpy(), sharpness)
        np.testing.assert_allclose(rarity(frames, frames, sharpness), expected, rtol=2e-4, atol=1e-5)
    others = vectors(7, seed=1)
    expected = plain.rarity(frames.double().numpy(), others.double().numpy(), sharpness)
    np.testing.assert_allclose(rarity(frames, others, sharpness), expected, rtol=2e-4, atol=1e-5)


@pytest.mark.parametrize("block", [1, 40, 1000])
def test_blocks_change_nothing(block, monkeypatch) -> None:
    frames, others = vectors(31), vectors(20, seed=1)
    whole = rarity(frames, others, 8.0)
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", block)
    torch.testing.assert_close(rarity(frames, others, 8.0), whole)


def test_where_nothing_can_be_said_rarity_is_0() -> None:
    same = vectors(1).expand(9, -1)
    assert not rarity(same, same, 8.0).any()
    assert not rarity(vectors(9), torch.zeros(0, 6), 8.0).any()
    assert not rarity(vectors(1), vectors(1), 8.0).any()


def test_the_odd_frame_out_is_the_rarest() -> None:
    frames = torch.cat([vectors(1).expand(8, -1) + 0.1 * vectors(8, seed=1), -vectors(1)])
    assert rarity(F.normalize(frames, dim=-1), F.normalize(frames, dim=-1), 8.0).argmax() == 8


def test_the_median_of_a_long_video_is_of_evenly_spaced_frames() -> None:
    frames = torch.arange(3.0 * MEDIAN_OF)
    kept = evenly(frames, MEDIAN_OF)
    assert len(kept) == MEDIAN_OF
    assert (kept.diff() == 3).all()
    assert evenly(frames, len(frames)) is frames
