"""The variance loss against the paper's equations on each video alone."""

import numpy as np
import pytest
import torch
from support.padded import each

from vsumlab.methods.common.masked import masked_variance
from vsumlab.methods.csnet.losses import variance_loss


def test_variance_loss_is_eq_1(scores, mask) -> None:
    expected = [1 / (np.var(p) + 0.01) for p in each(scores)]
    ours = variance_loss(scores, mask, "mean", epsilon=0.01)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


def test_variance_loss_is_eq_2(scores, mask) -> None:
    expected = [1 / (sum(abs(p_t - np.median(p)) ** 2 for p_t in p) / len(p) + 0.01) for p in each(scores)]
    ours = variance_loss(scores, mask, "median", epsilon=0.01)
    np.testing.assert_allclose(ours, expected, rtol=1e-5)


@pytest.mark.parametrize("centre", ["mean", "median"])
def test_flat_scores_give_a_finite_loss_and_gradient(mask, centre) -> None:
    flat = torch.full(mask.shape, 0.5, requires_grad=True)
    loss = variance_loss(flat, mask, centre, epsilon=1e-8)
    loss.sum().backward()
    assert loss.isfinite().all()
    assert flat.grad is not None
    assert flat.grad.isfinite().all()


def test_a_step_down_the_variance_loss_raises_the_variance(scores, mask) -> None:
    start = scores.clone().requires_grad_()
    variance_loss(start, mask, "median", epsilon=1e-8)[2:].sum().backward()
    step = start.detach() - 1e-6 * start.grad
    before, after = (masked_variance(p, mask, "median")[2:] for p in (scores, step))
    assert (after > before).all()
