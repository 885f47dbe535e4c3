"""Each term against a loop over frames."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import plain_consensus as plain

from vsumlab.methods.common.shapes import z_scores
from vsumlab.methods.consensus.terms import covariance, edge_distance, shot_continuity


def vectors(count: int, dim: int = 6, seed: int = 0) -> torch.Tensor:
    drawn = torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))
    return F.normalize(drawn, dim=-1)


@pytest.mark.parametrize("n_frames", [1, 2, 9, 10])
def test_edges(n_frames) -> None:
    expected = [min(t, n_frames - 1 - t) for t in range(n_frames)]
    assert edge_distance(n_frames).tolist() == expected


@pytest.mark.parametrize(
    "shots", [[0] * 9, [0, 0, 0, 1, 1, 1, 1, 1, 1], [0, 1, 1, 2, 2, 5, 5, 5, 6], [0, 1, 2, 3, 4, 5, 6, 7, 8]]
)
def test_continuity_is_a_loop_over_shots(shots) -> None:
    frames = vectors(9)
    expected = plain.continuity(frames.double().numpy(), shots)
    np.testing.assert_allclose(shot_continuity(frames, torch.tensor(shots)), expected, atol=1e-5)


def test_the_covariance_is_numpys() -> None:
    frames = vectors(30)
    scores = z_scores(torch.rand(30, generator=torch.Generator().manual_seed(1)))
    expected = [np.cov(scores.numpy(), column, bias=True)[0, 1] for column in frames.double().numpy().T]
    np.testing.assert_allclose(covariance(scores, frames), expected, atol=1e-6)
