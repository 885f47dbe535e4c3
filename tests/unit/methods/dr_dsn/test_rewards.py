"""Rewards against the paper's equations, written as plain loops over the selected frames."""

import itertools
import math

import numpy as np
import pytest
import torch

from vsumlab.methods.common import row_blocks as blocks
from vsumlab.methods.dr_dsn.rewards import diversity_reward, representativeness_reward

T, D = 9, 6


@pytest.fixture
def features() -> torch.Tensor:
    return torch.rand(T, D, generator=torch.Generator().manual_seed(0)) * 3


def every_selection(n_frames: int) -> torch.Tensor:
    return torch.tensor([*itertools.product([False, True], repeat=n_frames)])


def plain_diversity(x: np.ndarray, selected: list[int], distance: int) -> float:
    """Eq. 3 and 4."""
    if len(selected) < 2:
        return 0.0
    total = 0.0
    for t in selected:
        for other in selected:
            if t != other:
                cosine = x[t] @ x[other] / np.linalg.norm(x[t]) / np.linalg.norm(x[other])
                total += 1.0 if abs(t - other) > distance else 1 - cosine
    return total / (len(selected) * (len(selected) - 1))


def plain_representativeness(x: np.ndarray, selected: list[int]) -> float:
    """Eq. 5."""
    if not selected:
        return 0.0
    nearest = [min(np.linalg.norm(frame - x[t]) for t in selected) for frame in x]
    return math.exp(-sum(nearest) / len(x))


@pytest.mark.parametrize("distance", [0, 2, 20])
def test_diversity_is_eq_3_and_4(features, distance) -> None:
    """Of all 512 selections: that of no frame, those of one, and those of all others."""
    selections = every_selection(T)
    expected = [
        plain_diversity(features.double().numpy(), each.nonzero().flatten().tolist(), distance)
        for each in selections
    ]
    np.testing.assert_allclose(diversity_reward(features, selections, distance), expected, atol=1e-5)


def test_representativeness_is_eq_5(features) -> None:
    selections = every_selection(T)
    expected = [
        plain_representativeness(features.double().numpy(), each.nonzero().flatten().tolist())
        for each in selections
    ]
    np.testing.assert_allclose(representativeness_reward(features, selections), expected, atol=1e-5)


def test_no_frame_has_no_reward_and_one_frame_no_diversity(features) -> None:
    selections = torch.zeros(2, T, dtype=torch.bool)
    selections[1, 4] = True
    assert diversity_reward(features, selections, 20).tolist() == [0, 0]
    none, one = representativeness_reward(features, selections).tolist()
    assert none == 0 < one < 1


def test_all_frames_represent_the_video_exactly(features) -> None:
    assert representativeness_reward(features, torch.ones(1, T, dtype=torch.bool)).tolist() == [1.0]


@pytest.mark.parametrize("block", [1, 100, 10**6])
def test_blocks_change_nothing(features, block, monkeypatch) -> None:
    selections = every_selection(T)[::7]
    whole = diversity_reward(features, selections, 2), representativeness_reward(features, selections)
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", block)
    cut = diversity_reward(features, selections, 2), representativeness_reward(features, selections)
    torch.testing.assert_close(cut, whole)


def test_frames_of_nothing_but_zeros_are_like_nothing() -> None:
    both = torch.ones(1, 2, dtype=torch.bool)
    assert diversity_reward(torch.zeros(2, D), both, 20).tolist() == [1.0]
    assert representativeness_reward(torch.zeros(2, D), both).tolist() == [1.0]
