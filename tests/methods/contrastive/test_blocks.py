"""How a video is cut into blocks of rows: every frame once, and never more similarities than asked for."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from vsumlab.methods.contrastive import blocks
from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import own_columns


@given(n_frames=st.integers(1, 40), block=st.integers(1, 2000))
@settings(max_examples=60, deadline=None)
def test_blocks_hold_no_more_than_asked_and_every_frame_once(n_frames, block) -> None:
    seen: list[range] = []

    def recorded(rows: range, *arguments: object) -> torch.Tensor:
        seen.append(rows)
        return own_columns(rows, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "own_columns", recorded)
        video_criteria(torch.rand(n_frames, 4), None, 0.1, True, True, block_elements=block)
    assert [frame for rows in seen for frame in rows] == list(range(n_frames))
    assert all(len(rows) == 1 or len(rows) * n_frames <= block for rows in seen)


@pytest.mark.parametrize("block", [1, 50, 51, 7 * 50, 50 * 50])
@pytest.mark.parametrize("itself", [True, False])
def test_one_row_a_block_or_many_give_the_same(block, itself) -> None:
    generator = torch.Generator().manual_seed(0)
    frozen, refined = torch.rand(50, 8, generator=generator), torch.randn(50, 6, generator=generator)
    whole = video_criteria(frozen, refined, 0.2, itself, itself)
    cut = video_criteria(frozen, refined, 0.2, itself, itself, block_elements=block)
    for criterion, expected in zip(cut, whole, strict=True):
        torch.testing.assert_close(criterion, expected, atol=1e-5, rtol=0)


def test_the_length_of_features_says_nothing() -> None:
    generator = torch.Generator().manual_seed(0)
    frozen, refined = torch.rand(30, 8, generator=generator), torch.randn(30, 6, generator=generator)
    lengths = 0.1 + 10 * torch.rand(30, 1, generator=generator)
    before = video_criteria(frozen, refined, 0.2, False, False)
    after = video_criteria(lengths * frozen, lengths.flip(0) * refined, 0.2, False, False)
    for criterion, expected in zip(after, before, strict=True):
        torch.testing.assert_close(criterion, expected, atol=1e-5, rtol=0)
