"""The point process against brute force over all subsets of six frames."""

import itertools

import pytest
import torch
from torch import Tensor

from vsumlab.methods.dpp_lstm.dpp import log_likelihood, marginals

T = 6
SUBSETS = torch.tensor([*itertools.product([False, True], repeat=T)])
"""All 2^6."""
ALL = torch.ones(1, T, dtype=torch.bool)
RIDGE = 0.01


def made_vectors(size: int, n_videos: int = 1) -> Tensor:
    generator = torch.Generator().manual_seed(size)
    return torch.randn(n_videos, T, size, dtype=torch.float64, generator=generator)


def weights(vectors: Tensor) -> Tensor:
    """det(L_S) of all subsets: 1 of the empty one."""
    kernel = vectors @ vectors.T + RIDGE * torch.eye(len(vectors), dtype=torch.float64)
    return torch.stack([torch.linalg.det(kernel[subset][:, subset]) for subset in SUBSETS])


@pytest.mark.parametrize("size", [1, 3, 6, 20])
def test_the_likelihood_is_a_subsets_share_of_all_determinants(size) -> None:
    """Also of subsets of more frames than a vector has numbers, which the ridge gives a probability."""
    vectors = made_vectors(size)
    likelihoods = log_likelihood(vectors.expand(64, -1, -1), SUBSETS, ALL.expand(64, -1), RIDGE)
    expected = weights(vectors[0])
    torch.testing.assert_close(likelihoods, (expected / expected.sum()).log())
    torch.testing.assert_close(likelihoods.exp().sum().item(), 1.0)


@pytest.mark.parametrize("size", [1, 3, 20])
def test_marginals_are_sums_over_the_subsets_that_have_a_frame(size) -> None:
    vectors = made_vectors(size)
    shares = weights(vectors[0]) / weights(vectors[0]).sum()
    expected = torch.stack([shares[SUBSETS[:, t]].sum() for t in range(T)])
    torch.testing.assert_close(marginals(vectors, ALL, RIDGE)[0], expected)


def test_gradients_are_those_of_small_steps() -> None:
    vectors = made_vectors(3, n_videos=2).requires_grad_()
    subset = torch.tensor([[True, False, True, True, True, False], [False, True, False, False, False, True]])
    mask = ALL.expand(2, -1)
    assert torch.autograd.gradcheck(lambda v: log_likelihood(v, subset, mask, RIDGE), [vectors])
    assert torch.autograd.gradcheck(lambda v: marginals(v, mask, RIDGE), [vectors])


def test_padding_changes_nothing() -> None:
    vectors, length = made_vectors(3), 4
    mask = torch.arange(T) < length
    subset = torch.tensor([[True, False, True, False, False, False]])
    padded = vectors.masked_fill(~mask[:, None], 1e3)
    alone = vectors[:, :length], subset[:, :length], ALL[:, :length]
    torch.testing.assert_close(
        log_likelihood(padded, subset, mask[None], RIDGE), log_likelihood(*alone, RIDGE)
    )
    torch.testing.assert_close(
        marginals(padded, mask[None], RIDGE)[:, :length], marginals(alone[0], alone[2], RIDGE)
    )


def test_two_equal_frames_share_what_one_has_and_stay_finite() -> None:
    vectors = torch.tensor([[[10.0, 0.0], [10.0, 0.0], [0.0, 10.0]]], requires_grad=True)
    mask = torch.ones(1, 3, dtype=torch.bool)
    first, second, other = marginals(vectors, mask, 1e-3)[0].tolist()
    assert first == pytest.approx(second)
    assert first < 0.51 < 0.98 < other
    likelihood = log_likelihood(vectors, mask, mask, 1e-3)
    likelihood.backward()
    assert likelihood.item() < -5
    assert vectors.grad.isfinite().all()
