"""The losses that methods share, against numpy and torch's own on each video alone."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support.padded import each

from vsumlab.methods.common import losses


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


@pytest.mark.parametrize("n_frames", [1, 2, 6, 11])
def test_repelling_is_the_mean_cosine_of_two_different_frames(n_frames) -> None:
    """Summed pair by pair; frames in the padding are no frames, and a frame of zeros is like none."""
    torch.manual_seed(0)
    vectors, mask = torch.randn(2, 11, 4), torch.arange(11) < n_frames
    vectors[:, 1] = 0
    similar = [
        float(video[i] @ video[j] / (video[i].norm() * video[j].norm()).clamp(min=1e-12))
        for video in vectors
        for i in range(n_frames)
        for j in range(n_frames)
        if i != j
    ]
    expected = np.reshape(similar, (2, -1)).sum(axis=1) / max(1, n_frames * (n_frames - 1))
    np.testing.assert_allclose(losses.repelling_loss(vectors, mask.expand(2, -1)), expected, atol=1e-6)


def test_supervised_is_cross_entropy_over_own_frames(scores, mask) -> None:
    targets = scores.flip(-1).contiguous()
    expected = [
        -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
        for p, y in zip(each(scores), each(targets), strict=True)
    ]
    np.testing.assert_allclose(losses.supervised_loss(scores, targets, mask), expected, rtol=1e-4)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_cross_entropy_is_computed_in_float32_with_autocast_off(scores, mask, monkeypatch, dtype) -> None:
    """On CUDA autocast refuses it; bfloat16 would round away what is close to 0 and 1."""
    seen = []
    entropy = F.binary_cross_entropy

    def spy(ours: torch.Tensor, theirs: torch.Tensor, **named: object) -> torch.Tensor:
        seen.append((ours.dtype, theirs.dtype, torch.is_autocast_enabled("cpu")))
        return entropy(ours, theirs, **named)

    monkeypatch.setattr(F, "binary_cross_entropy", spy)
    rounded, targets = scores.to(dtype), scores.flip(-1).contiguous()
    with torch.autocast("cpu", torch.bfloat16):
        loss = losses.supervised_loss(rounded, targets, mask)
        assert torch.is_autocast_enabled("cpu"), "only the cross entropy is left out of it"
    assert seen == [(torch.float32, torch.float32, False)]
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, losses.supervised_loss(rounded.float(), targets, mask))


def test_autocast_leaves_the_supervised_gradient_as_it_is(scores, mask) -> None:
    gradients = []
    for enabled in (False, True):
        learned = scores.clone().requires_grad_()
        with torch.autocast("cpu", torch.bfloat16, enabled=enabled):
            losses.supervised_loss(learned, scores.flip(-1).contiguous(), mask).sum().backward()
        gradients.append(learned.grad)
    torch.testing.assert_close(*gradients)


def test_squared_error_is_the_mean_over_own_frames(scores, mask) -> None:
    targets = scores.flip(-1).contiguous()
    expected = [np.mean((p - t[: len(p)]) ** 2) for p, t in zip(each(scores), targets.numpy(), strict=True)]
    np.testing.assert_allclose(losses.squared_error_loss(scores, targets, mask), expected, rtol=1e-5)
