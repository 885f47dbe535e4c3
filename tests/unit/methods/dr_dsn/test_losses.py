"""REINFORCE against the exact expectation over all selections of a video; the rest against plain loops."""

import itertools

import numpy as np
import pytest
import torch
from support.padded import each
from torch import Tensor

from vsumlab.methods.dr_dsn.losses import keyframe_loss, length_loss, policy_loss
from vsumlab.methods.dr_dsn.rewards import diversity_reward, representativeness_reward

T = 5
ACTIONS = torch.tensor([*itertools.product([False, True], repeat=T)])
"""All 2^5 selections of a video of five frames."""


def logits_of_a_video() -> Tensor:
    return torch.randn(T, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def rewards_of_all() -> Tensor:
    features = torch.rand(T, 3, generator=torch.Generator().manual_seed(1))
    rewards = diversity_reward(features, ACTIONS, 20) + representativeness_reward(features, ACTIONS)
    return rewards.double() / 2


def probabilities(logits: Tensor) -> Tensor:
    """That each of the 32 selections is drawn: a product over frames."""
    p = logits.sigmoid()
    return torch.where(ACTIONS, p, 1 - p).prod(dim=-1)


def exact_gradient() -> Tensor:
    """That of the negative expected reward, the sum over all selections, by logits."""
    logits = logits_of_a_video().requires_grad_()
    (-(probabilities(logits) * rewards_of_all()).sum() / T).backward()
    assert logits.grad is not None
    return logits.grad


def expected_estimate(baseline: float) -> Tensor:
    """The mean of what the estimator says of each selection, weighted by how likely it is drawn."""
    total = torch.zeros(T, dtype=torch.float64)
    logits = logits_of_a_video()
    for actions, reward, likely in zip(ACTIONS, rewards_of_all(), probabilities(logits), strict=True):
        start = logits.clone().requires_grad_()
        mask = torch.ones(1, T, dtype=torch.bool)
        policy_loss(start[None], actions[None, None], (reward - baseline)[None, None], mask).backward()
        total += likely * start.grad
    return total


@pytest.mark.parametrize("baseline", [0.0, 0.4, -3.0])
def test_reinforce_is_on_average_the_gradient_of_the_expected_reward(baseline) -> None:
    gradient = exact_gradient()
    assert gradient.abs().min() > 1e-4
    torch.testing.assert_close(expected_estimate(baseline), gradient, atol=1e-6, rtol=1e-4)


def test_policy_loss_is_the_mean_over_episodes_and_own_frames(scores, mask) -> None:
    generator = torch.Generator().manual_seed(2)
    actions = torch.rand(len(scores), 3, scores.shape[1], generator=generator) < 0.5
    advantages = torch.randn(len(scores), 3, generator=generator)
    expected = [
        np.mean(
            [
                -advantage * np.mean([np.log(p if a else 1 - p) for p, a in zip(video, chosen, strict=False)])
                for chosen, advantage in zip(own.tolist(), of_video.tolist(), strict=True)
            ]
        )
        for video, own, of_video in zip(each(scores), actions, advantages, strict=True)
    ]
    ours = policy_loss(scores.logit(), actions & mask.unsqueeze(1), advantages, mask)
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-6)


def test_length_loss_is_eq_11(scores, mask) -> None:
    expected = [(p.mean() - 0.4) ** 2 for p in each(scores)]
    np.testing.assert_allclose(length_loss(scores, mask, 0.4), expected, rtol=1e-4, atol=1e-8)


def test_keyframe_loss_is_their_log_likelihood(scores, mask) -> None:
    keyframes = (scores > 0.6) & mask
    expected = [
        -sum(np.log(p_t) for p_t, key in zip(p, own.tolist(), strict=False) if key) / len(p)
        for p, own in zip(each(scores), keyframes, strict=True)
    ]
    np.testing.assert_allclose(keyframe_loss(scores.logit(), keyframes, mask), expected, rtol=1e-4, atol=1e-6)


def test_sure_probabilities_have_finite_losses_and_gradients() -> None:
    logits = torch.tensor([[1e4, -1e4]], requires_grad=True)
    mask, actions = torch.tensor([[True, True]]), torch.tensor([[[False, True]]])
    loss = policy_loss(logits, actions, torch.ones(1, 1), mask) + keyframe_loss(logits, mask, mask)
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()
