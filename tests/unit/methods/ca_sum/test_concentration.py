"""Blocks, entropy and diversity against plain loops over frames."""

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cosine
from scipy.stats import entropy as scipy_entropy

from vsumlab.methods.ca_sum.concentration import block_sums, dissimilarity, diversity, entropy, same_block

N, M = 11, 4
ROWS = slice(2, 7)


@pytest.fixture
def weights() -> torch.Tensor:
    return torch.randn(N, N, generator=torch.Generator().manual_seed(0)).softmax(dim=-1)


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(N, 5, generator=torch.Generator().manual_seed(1))


def test_blocks_follow_each_other_without_gaps() -> None:
    whole = same_block(slice(0, N), N, M)
    assert whole.int().tolist() == [[int(i // M == j // M) for j in range(N)] for i in range(N)]
    assert torch.equal(same_block(ROWS, N, M), whole[ROWS])


def test_a_block_sum_is_of_the_frames_of_the_own_block(features) -> None:
    expected = [sum(features[j] for j in range(N) if j // M == i // M) for i in range(N)]
    torch.testing.assert_close(block_sums(features, M), torch.stack(expected))


def test_entropy_is_scipys(weights) -> None:
    np.testing.assert_allclose(entropy(weights.log()), scipy_entropy(weights.numpy(), axis=1), rtol=1e-5)


def test_entropy_is_most_where_all_frames_matter_the_same_and_none_where_one_does() -> None:
    even, one = torch.zeros(N).log_softmax(dim=-1), (1e4 * torch.eye(N)[0]).log_softmax(dim=-1)
    torch.testing.assert_close(entropy(torch.stack([even, one])), torch.tensor([np.log(N), 0.0]).float())


@pytest.mark.parametrize("enabled", [False, True])
def test_dissimilarity_is_scipys_cosine_distance_under_autocast_too(features, enabled) -> None:
    with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
        found = dissimilarity(features, ROWS)
    expected = [[cosine(features[i], features[j]) for j in range(N)] for i in range(N)[ROWS]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_diversity_is_attention_outside_the_block_weighted_by_what_differs(weights, features) -> None:
    whole = slice(0, N)
    found = diversity(weights, dissimilarity(features, whole), same_block(whole, N, M))
    for i in range(N):
        outside = [j for j in range(N) if j // M != i // M]
        differences = [cosine(features[i], features[j]) for j in outside]
        attended = sum(d * weights[i, j].item() for d, j in zip(differences, outside, strict=True))
        assert found[i].item() == pytest.approx(attended / sum(differences), rel=1e-4)


def test_there_is_no_diversity_where_nothing_is_outside_or_nothing_differs(weights) -> None:
    whole, alike = slice(0, N), torch.ones(N, 5)
    within = diversity(weights, dissimilarity(torch.randn(N, 5), whole), same_block(whole, N, N))
    assert within.tolist() == [0.0] * N
    same = diversity(weights, dissimilarity(alike, whole), same_block(whole, N, M))
    assert same.isfinite().all()
    assert same.max() < 1
