"""The parts of the VAE-GAN against cells unrolled frame by frame, whatever stands in the padding."""

import pytest
import torch
from support.noise import some_noise
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from vsumlab.methods.common.vae_gan import Decoder, Discriminator, Encoder, last_hidden, sample

D, H = 6, 5
LENGTHS = [1, 2, 7, 4]


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(0)


@pytest.fixture
def videos() -> list[Tensor]:
    return [torch.randn(length, D) for length in LENGTHS]


def unrolled(lstm: nn.LSTM, steps: Tensor) -> Tensor:
    """The hidden state (T, H) after each of some steps (T, input), by a cell with an LSTM's weights."""
    cell = nn.LSTMCell(lstm.input_size, lstm.hidden_size)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        getattr(cell, name).data = getattr(lstm, f"{name}_l0").data
    hidden = memory = torch.zeros(1, lstm.hidden_size)
    states = []
    for step in steps:
        hidden, memory = cell(step[None], (hidden, memory))
        states.append(hidden[0])
    return torch.stack(states)


def test_the_last_state_is_that_of_a_videos_own_last_frame() -> None:
    states = torch.arange(24.0).view(2, 4, 3)
    last = last_hidden(states, torch.tensor([2, 4]))
    assert last.tolist() == [states[0, 1].tolist(), states[1, 3].tolist()]


def test_the_encoder_codes_the_state_after_the_last_frame(videos) -> None:
    encoder = Encoder(D, H)
    mean, log_variance = encoder(pad_sequence(videos, True, 1e3), torch.tensor(LENGTHS))
    for i, video in enumerate(videos):
        last = unrolled(encoder.lstm, video)[-1]
        torch.testing.assert_close(mean[i], encoder.mean(last))
        torch.testing.assert_close(log_variance[i], encoder.log_variance(last))


def test_the_decoder_is_given_the_code_at_every_step() -> None:
    decoder, codes = Decoder(H, D), torch.randn(3, H)
    features = decoder(codes, 4)
    assert features.shape == (3, 4, D)
    for code, of_video in zip(codes, features, strict=True):
        torch.testing.assert_close(of_video, decoder.output(unrolled(decoder.lstm, code.expand(4, -1))))


def test_the_discriminator_judges_by_the_state_after_the_last_frame(videos) -> None:
    discriminator = Discriminator(D, H)
    hidden, logits = discriminator(pad_sequence(videos, True, 1e3), torch.tensor(LENGTHS))
    assert logits.shape == (len(LENGTHS),)
    for i, video in enumerate(videos):
        last = unrolled(discriminator.lstm, video)[-1]
        torch.testing.assert_close(hidden[i], last)
        torch.testing.assert_close(logits[i], discriminator.output(last)[0])


def test_codes_are_drawn_from_the_gaussian() -> None:
    mean, log_variance = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.0, -2.0]])
    drawn = sample(mean.expand(20_000, -1), log_variance.expand(20_000, -1), some_noise())
    torch.testing.assert_close(drawn.mean(0), mean[0], atol=0.04, rtol=0)
    torch.testing.assert_close(drawn.var(0).log(), log_variance[0], atol=0.05, rtol=0)


def test_mean_and_variance_learn_through_the_draw() -> None:
    mean, log_variance = torch.zeros(2, 3, requires_grad=True), torch.zeros(2, 3, requires_grad=True)
    code = sample(mean, log_variance, some_noise(2))
    code.sum().backward()
    assert torch.equal(mean.grad, torch.ones(2, 3))
    torch.testing.assert_close(log_variance.grad, 0.5 * code.detach(), msg="d/dv exp(v/2) noise at v = 0")
