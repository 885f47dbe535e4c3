"""The VAE-GAN around a scorer (Mahasseni et al. 2017).

None of these LSTMs runs backwards, so padding at the end of a video changes nothing before it.
"""

from __future__ import annotations

from torch import Tensor, nn

from vsumlab.methods.common.lstm import LSTM
from vsumlab.methods.noise import Noise


def last_hidden(hidden: Tensor, lengths: Tensor) -> Tensor:
    """The hidden state (B, H) at each video's last frame, from the states (B, T, H) at all frames."""
    last = (lengths - 1).view(-1, 1, 1).expand(-1, 1, hidden.shape[-1])
    return hidden.gather(1, last).squeeze(1)


class Encoder(nn.Module):
    """Weighted features to the mean and log-variance of the video's latent code."""

    def __init__(self, feature_dim: int, hidden_size: int) -> None:
        super().__init__()
        self.lstm = LSTM(feature_dim, hidden_size)
        self.mean = nn.Linear(hidden_size, hidden_size)
        self.log_variance = nn.Linear(hidden_size, hidden_size)

    def forward(self, weighted: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Weighted features (B, T, D) to the mean and log-variance, each (B, H)."""
        return self.code(self.states(weighted), lengths)

    def states(self, weighted: Tensor) -> Tensor:
        """Weighted features (B, T, D) to the hidden states (B, T, H) at all frames."""
        states: Tensor = self.lstm(weighted)[0]
        return states

    def code(self, states: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Hidden states (B, T, H) to the mean and log-variance, each (B, H)."""
        last = last_hidden(states, lengths)
        return self.mean(last), self.log_variance(last)


def sample(mean: Tensor, log_variance: Tensor, noise: Noise) -> Tensor:
    """Draws latent codes (B, H), or some for each of B videos, by the reparametrisation trick."""
    return mean + noise.normal(*mean.shape).to(mean) * (0.5 * log_variance).exp()


class Decoder(nn.Module):
    """A latent code, given at every step, to a reconstruction of the features."""

    def __init__(self, hidden_size: int, feature_dim: int) -> None:
        super().__init__()
        self.lstm = LSTM(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, feature_dim)

    def forward(self, code: Tensor, n_frames: int) -> Tensor:
        """Code (B, H) to features (B, T, D)."""
        hidden, _ = self.lstm(code.unsqueeze(1).expand(-1, n_frames, -1))
        reconstruction: Tensor = self.output(hidden)
        return reconstruction


class Discriminator(nn.Module):
    """Tells original features from reconstructed ones, which must match its last hidden state."""

    def __init__(self, feature_dim: int, hidden_size: int) -> None:
        super().__init__()
        self.lstm = LSTM(feature_dim, hidden_size)
        self.output = nn.Linear(hidden_size, 1)

    def forward(self, features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, D) to the last hidden state (B, H) and the logit (B,) of their being original."""
        hidden = last_hidden(self.lstm(features)[0], lengths)
        return hidden, self.output(hidden).squeeze(-1)
