"""The losses of the VAE-GAN, each from the networks by its definition, video by video."""

import pytest
import torch
import torch.nn.functional as F
from support.noise import some_noise
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder
from vsumlab.methods.common.vae_gan_training import VAEGANSummarizer

D, H = 6, 5
LENGTHS = (9, 4)


class FrameScorer(nn.Module):
    """A score by a frame's first number."""

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        return features[..., 0].sigmoid()


class Plain(VAEGANSummarizer):
    """Scores that are trained to be low, and of labels where it has them."""

    name = "plain"

    def __init__(self, label: str = "low") -> None:
        super().__init__()
        self.label = label
        self.scorer = FrameScorer()
        self.encoder, self.decoder = Encoder(D, H), Decoder(H, D)
        self.discriminator = Discriminator(D, H)

    def regularization(self, batch: Batch, scores: Tensor, states: Tensor) -> dict[str, Tensor]:
        self.states = states
        return {self.label: scores[:, 0]}

    def scaled(self, features: Tensor) -> Tensor:
        return 2 * features


@pytest.fixture(autouse=True)
def codes_are_means(monkeypatch) -> None:
    monkeypatch.setattr("vsumlab.methods.common.vae_gan_training.sample", lambda mean, *_: mean)


@pytest.fixture
def batch() -> Batch:
    torch.manual_seed(0)
    return Batch(("a", "b"), torch.randn(2, max(LENGTHS), D), torch.tensor(LENGTHS), None)


@pytest.fixture
def method() -> Plain:
    torch.manual_seed(1)
    return Plain().eval()


def alone(method: Plain, batch: Batch, i: int, code: Tensor) -> tuple[Tensor, Tensor]:
    """The discriminator's state and logit of one video's reconstruction from a code."""
    length = batch.lengths[i : i + 1]
    hidden, logit = method.discriminator(method.decoder(code[None], int(length)), length)
    return hidden[0], logit[0]


def test_the_summarizer_restores_what_scores_leave(method, batch) -> None:
    scores, target = method.scorer(batch.features, batch.lengths), torch.randn(2, H)
    losses = method.summarizer_losses(batch, scores, target, some_noise(2))
    assert [*losses] == ["reconstruction", "prior", "low"]
    for i, length in enumerate(LENGTHS):
        video = batch.features[i : i + 1, :length] * scores[i : i + 1, :length, None]
        states = method.encoder.lstm(video)[0]
        torch.testing.assert_close(method.states[i, :length], states[0])
        mean, log_variance = method.encoder.mean(states[0, -1]), method.encoder.log_variance(states[0, -1])
        hidden, _ = alone(method, batch, i, mean)
        torch.testing.assert_close(
            losses["reconstruction"][i], F.mse_loss(hidden, target[i], reduction="sum")
        )
        code = torch.distributions.Normal(mean, (0.5 * log_variance).exp())
        prior = torch.distributions.kl_divergence(code, torch.distributions.Normal(0.0, 1.0)).sum()
        torch.testing.assert_close(losses["prior"][i], prior)
    torch.testing.assert_close(losses["low"], scores[:, 0])


def test_the_decoder_is_to_match_and_to_pass_for_originals(method, batch) -> None:
    codes, target = torch.randn(4, H), torch.randn(2, H)
    losses = method.decoder_losses(batch, codes, target)
    for i in range(2):
        hidden, logit = alone(method, batch, i, codes[i])
        _, uniform = alone(method, batch, i, codes[2 + i])
        torch.testing.assert_close(losses["reconstruction"][i], (hidden - target[i]).square().sum())
        torch.testing.assert_close(losses["reconstructed_as_original"][i], -logit.sigmoid().log())
        torch.testing.assert_close(losses["uniform_as_original"][i], -uniform.sigmoid().log())


def test_the_discriminator_is_to_tell_them_apart(method, batch) -> None:
    codes, original = torch.randn(4, H), torch.randn(2)
    losses = method.discriminator_losses(batch, method.decoder(codes, max(LENGTHS)), original)
    for i in range(2):
        torch.testing.assert_close(losses["original"][i], -original[i].sigmoid().log())
        for name, code in (("reconstructed", codes[i]), ("uniform", codes[2 + i])):
            _, logit = alone(method, batch, i, code)
            torch.testing.assert_close(losses[name][i], -(1 - logit.sigmoid()).log())


def test_all_networks_read_features_as_they_are_scaled(method, batch) -> None:
    doubled = Batch(batch.keys, 2 * batch.features, batch.lengths, None)
    torch.testing.assert_close(
        method(batch.features, batch.lengths), method.scorer(doubled.features, batch.lengths)
    )
    target = method.discriminator(doubled.features, batch.lengths)[0]
    scores = method.scorer(doubled.features, batch.lengths)
    losses = method.summarizer_losses(doubled, scores, target, some_noise(2))
    torch.testing.assert_close(method.validation_losses(batch), sum(losses.values()))


def test_the_criterion_with_labels_is_their_loss_alone(batch) -> None:
    method = Plain("supervised").eval()
    torch.testing.assert_close(method.validation_losses(batch), (2 * batch.features[:, 0, 0]).sigmoid())


def test_each_part_is_trained_by_one_optimizer(method) -> None:
    trained = [{*part} for part in method.trained_parts()]
    assert trained == [{method.scorer, method.encoder}, {method.decoder}, {method.discriminator}]
