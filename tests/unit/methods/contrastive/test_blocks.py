"""How a video is cut into blocks of rows: every frame once, and never more similarities than asked for."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import PROJECT
from support import plain_contrastive as plain

from vsumlab.methods.common import row_blocks
from vsumlab.methods.contrastive import blocks
from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import own_columns

SWITCHES = list(itertools.product([True, False], repeat=2))


def features(n_frames: int, dimensions: int, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).random((n_frames, dimensions), dtype=np.float32))


@given(n_frames=st.integers(1, 40), block=st.integers(1, 2000))
@settings(max_examples=60, deadline=None)
def test_blocks_hold_no_more_than_asked_and_every_frame_once(n_frames, block) -> None:
    seen: list[range] = []

    def recorded(rows: range, *arguments: object) -> torch.Tensor:
        seen.append(rows)
        return own_columns(rows, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "own_columns", recorded)
        patch.setattr(row_blocks, "BLOCK_ELEMENTS", block)
        video_criteria(torch.rand(n_frames, 4), None, 0.1, True, True)
    assert [frame for rows in seen for frame in rows] == list(range(n_frames))
    assert all(len(rows) == 1 or len(rows) * n_frames <= block for rows in seen)


@pytest.mark.parametrize("block", [1, 50, 51, 7 * 50, 50 * 50])
@pytest.mark.parametrize("itself", [True, False])
def test_one_row_a_block_or_many_give_the_same(block, itself, monkeypatch) -> None:
    generator = torch.Generator().manual_seed(0)
    frozen, refined = torch.rand(50, 8, generator=generator), torch.randn(50, 6, generator=generator)
    whole = video_criteria(frozen, refined, 0.2, itself, itself)
    monkeypatch.setattr(row_blocks, "BLOCK_ELEMENTS", block)
    cut = video_criteria(frozen, refined, 0.2, itself, itself)
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


@given(
    n_frames=st.integers(1, 40),
    block=st.integers(1, 2000),
    switches=st.sampled_from(SWITCHES),
    seed=st.integers(0, 100),
)
@settings(max_examples=40, deadline=None)
def test_blocks_change_nothing(n_frames, block, switches, seed) -> None:
    frozen, refined = features(n_frames, 8, seed), features(n_frames, 6, seed + 1)
    whole = video_criteria(frozen, refined, 0.2, *switches)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_blocks, "BLOCK_ELEMENTS", block)
        cut = video_criteria(frozen, refined, 0.2, *switches)
    for criterion, expected in zip(cut, whole, strict=True):
        torch.testing.assert_close(criterion, expected, atol=1e-5, rtol=0)


LONG = """
import resource
import numpy as np, torch
from vsumlab.methods.contrastive.blocks import video_criteria

generator = torch.Generator().manual_seed(0)
video_criteria(torch.rand(10, 32), None, 0.1, True, True)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
features = torch.rand(20_000, 32, generator=generator)
align, uniform = video_criteria(features, None, 0.1, True, True)
assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 2**20 < 2, "more than 2 GiB"
np.savez("long.npz", features=features[:], align=align, uniform=uniform)
"""


@pytest.mark.slow
def test_a_long_video_is_scored_in_bounded_memory(tmp_path) -> None:
    root = PROJECT  # a checkout need not be installed
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")])}
    subprocess.run([sys.executable, "-c", LONG], check=True, cwd=tmp_path, env=environment)
    long = np.load(tmp_path / "long.npz")
    unit = plain.unit(long["features"])
    for frame in (0, 7_777, 19_999):
        similarity = unit @ unit[frame]
        nearest = np.sort(similarity)[-2_000:]
        np.testing.assert_allclose(long["align"][frame], (2 - 2 * nearest).mean(), atol=1e-5)
        expected = np.log(np.exp(-2 * (2 - 2 * similarity)).mean())
        np.testing.assert_allclose(long["uniform"][frame], expected, atol=1e-5)
