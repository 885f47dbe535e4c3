"""Local dissimilarity and global consistency against a loop over frames."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import plain_contrastive as plain

from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import (
    global_consistency,
    local_dissimilarity,
    nearest_neighbours,
    neighbour_count,
    own_columns,
)

SWITCHES = list(itertools.product([True, False], repeat=2))


def features(n_frames: int, dimensions: int, seed: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).random((n_frames, dimensions), dtype=np.float32))


@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("n_frames", [1, 2, 5, 9, 10, 33])
@pytest.mark.parametrize("share", [0.1, 0.25, 1.0])
def test_criteria_are_the_equations(n_frames, refine, switches, share) -> None:
    frozen = features(n_frames, 12, seed=n_frames)
    refined = torch.randn(n_frames, 5, generator=torch.Generator().manual_seed(n_frames)) if refine else None
    ours = video_criteria(frozen, refined, share, *switches)
    expected = plain.criteria(frozen, refined, share, *switches)
    for criterion, values in zip(ours, expected, strict=True):
        np.testing.assert_allclose(criterion.numpy(), values, atol=3e-6)


@pytest.mark.parametrize(
    ("n_frames", "share", "text", "code"),
    [(200, 0.1, 20, 20), (205, 0.1, 21, 20), (9, 0.1, 1, 1), (4, 0.1, 1, 1), (1, 0.1, 1, 1), (6, 1.0, 5, 6)],
)
def test_the_size_of_a_neighbourhood(n_frames, share, text, code) -> None:
    assert neighbour_count(n_frames, share, with_itself=False) == text
    assert neighbour_count(n_frames, share, with_itself=True) == code


@pytest.mark.parametrize("switches", SWITCHES)
def test_identical_frames_are_finite_and_equal(switches) -> None:
    for n_frames in (1, 2, 5, 9, 10):
        for criterion in video_criteria(torch.ones(n_frames, 7), None, 0.1, *switches):
            torch.testing.assert_close(criterion, torch.zeros(n_frames), atol=1e-5, rtol=0)


@pytest.mark.parametrize("switches", SWITCHES)
def test_gradients_are_the_numerical_ones(switches) -> None:
    neighbour_itself, consistency_itself = switches
    torch.manual_seed(0)
    frozen = F.normalize(torch.rand(2, 6, 4, dtype=torch.float64), dim=-1)
    itself = own_columns(range(6), 6)
    neighbours = nearest_neighbours(frozen @ frozen.mT, itself, 2, neighbour_itself)
    outputs = torch.randn(2, 6, 3, dtype=torch.float64, requires_grad=True)

    def criteria(outputs: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        refined = F.normalize(outputs, dim=-1)
        similarity = refined @ refined.mT
        return (
            local_dissimilarity(similarity, neighbours),
            global_consistency(similarity, itself, consistency_itself),
        )

    assert torch.autograd.gradcheck(criteria, outputs)
