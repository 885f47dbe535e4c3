"""Energies a block of query frames at a time: each once, and never more than asked for."""

import os
import subprocess
import sys

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support import PROJECT
from support.methods import METHOD_FILES, made_method

from vsumlab.methods.common import row_blocks as blocks
from vsumlab.methods.common.attention import energy_blocks
from vsumlab.methods.common.attentive import AttentiveSummarizer

ATTENTIVE = [name for name in METHOD_FILES if isinstance(made_method(f"method={name}"), AttentiveSummarizer)]


def test_there_are_methods_that_attend() -> None:
    assert {*ATTENTIVE} >= {"ca_sum", "vasnet", "pgl_sum"}


@given(n_frames=st.integers(1, 40), block=st.integers(1, 2000), heads=st.sampled_from([(), (3,)]))
@settings(max_examples=60, deadline=None)
def test_blocks_hold_no_more_than_asked_and_every_frame_once(n_frames, block, heads) -> None:
    query, key = torch.rand(*heads, n_frames, 4), torch.rand(*heads, n_frames, 4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_ELEMENTS", block)
        found = [*energy_blocks(query, key)]
    assert [frame for rows, _ in found for frame in range(n_frames)[rows]] == [*range(n_frames)]
    assert all(energies.shape[-2] == 1 or energies.numel() <= block for _, energies in found)
    together = torch.cat([energies for _, energies in found], dim=-2)
    torch.testing.assert_close(together, torch.einsum("...te,...se->...ts", query, key))


def test_energies_are_float32_under_autocast() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        ((_, energies),) = energy_blocks(torch.rand(5, 4), torch.rand(5, 4))
    assert energies.dtype == torch.float32


@pytest.mark.parametrize("name", ATTENTIVE)
@pytest.mark.parametrize("block", [1, 130, 7 * 130])
def test_a_method_scores_by_blocks_as_in_one_go(name, block, monkeypatch) -> None:
    method = made_method(f"method={name}")
    video = torch.randn(130, 12, generator=torch.Generator().manual_seed(0))
    whole = method.score(video)
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", block)
    torch.testing.assert_close(method.score(video), whole, atol=1e-5, rtol=0)


LONG = """
import resource, sys
import torch
from support.methods import made_method

method = made_method(f"method={sys.argv[1]}", feature_dim=16)
method.score(torch.rand(10, 16))
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
scores = method.score(torch.rand(20_000, 16))
assert scores.shape == (20_000,) and scores.isfinite().all()
assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 2**20 < 1, "more than 1 GiB"
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTENTIVE)
def test_a_long_video_is_scored_in_bounded_memory(name) -> None:
    """A matrix of energies alone would be 1.5 GiB."""
    paths = [str(PROJECT), str(PROJECT / "tests"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    subprocess.run([sys.executable, "-c", LONG, name], check=True, env=environment)
