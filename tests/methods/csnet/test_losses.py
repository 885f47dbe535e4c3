"""Losses against numpy on each video alone."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from vsumlab.methods.csnet import losses

LENGTHS = [1, 2, 5, 6, 11]


@pytest.fixture
def scores() -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).random((len(LENGTHS), max(LENGTHS)))).float()


@pytest.fixture
def mask() -> torch.Tensor:
    return torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS).unsqueeze(-1)


def each(scores: torch.Tensor) -> list[np.ndarray]:
    return [row[:T].double().numpy() for row, T in zip(scores, LENGTHS, strict=True)]


def test_mean_and_median_are_numpys(scores, mask) -> None:
    torch.testing.assert_close(
        losses.masked_mean(scores, mask), torch.tensor([p.mean() for p in each(scores)]).float()
    )
    torch.testing.assert_close(
        losses.masked_median(scores, mask), torch.tensor([np.median(p) for p in each(scores)]).float()
    )


def test_variance_loss_is_eq_1(scores, mask) -> None:
    expected = [1 / (np.var(p) + 0.01) for p in each(scores)]
    ours = losses.variance_loss(scores, mask, "mean", epsilon=0.01)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


def test_variance_loss_is_eq_2(scores, mask) -> None:
    expected = [1 / (sum(abs(p_t - np.median(p)) ** 2 for p_t in p) / len(p) + 0.01) for p in each(scores)]
    ours = losses.variance_loss(scores, mask, "median", epsilon=0.01)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_flat_scores_give_a_finite_loss_and_gradient(mask, centre) -> None:
    flat = torch.full(mask.shape, 0.5, requires_grad=True)
    loss = losses.variance_loss(flat, mask, centre, epsilon=1e-8)
    loss.sum().backward()
    assert loss.isfinite().all()
    assert flat.grad is not None
    assert flat.grad.isfinite().all()


def test_a_step_down_the_variance_loss_raises_the_variance(scores, mask) -> None:
    start = scores.clone().requires_grad_()
    losses.variance_loss(start, mask, "median", epsilon=1e-8)[2:].sum().backward()
    step = start.detach() - 1e-6 * start.grad
    before, after = (losses.score_variance(p, mask, "median")[2:] for p in (scores, step))
    assert (after > before).all()


def test_sparsity_is_the_distance_of_the_mean_from_sigma(scores, mask) -> None:
    expected = [abs(p.mean() - 0.3) for p in each(scores)]
    np.testing.assert_allclose(losses.sparsity_loss(scores, mask, 0.3), expected, rtol=1e-5)


def test_prior_is_torchs_kl_divergence() -> None:
    mean, log_variance = torch.randn(3, 4), torch.randn(3, 4)
    code = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
    expected = torch.distributions.kl_divergence(code, torch.distributions.Normal(0.0, 1.0)).sum(-1)
    torch.testing.assert_close(losses.prior_loss(mean, log_variance), expected)


def test_gan_losses_are_torchs_cross_entropy() -> None:
    logits = torch.linspace(-4, 4, 9)
    for ours, label in ((losses.real_loss, 1.0), (losses.fake_loss, 0.0)):
        expected = F.binary_cross_entropy_with_logits(
            logits, torch.full_like(logits, label), reduction="none"
        )
        torch.testing.assert_close(ours(logits), expected)


def test_reconstruction_is_the_squared_distance() -> None:
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    torch.testing.assert_close(losses.reconstruction_loss(a, b), (a - b).norm(dim=-1) ** 2)


def test_supervised_is_cross_entropy_over_own_frames(scores, mask) -> None:
    targets = scores.flip(-1).contiguous()
    expected = [
        -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        for p, y in zip(each(scores), each(targets), strict=True)
    ]
    np.testing.assert_allclose(losses.supervised_loss(scores, targets, mask), expected, rtol=1e-4)
