"""The regressor against numpy, frame by frame."""

import numpy as np
import torch

from vsumlab.methods.common.regressor import AttendedRegressor, Regressor


def normed(vector: np.ndarray, norm: torch.nn.LayerNorm) -> np.ndarray:
    centred = vector - vector.mean()
    scaled = centred / np.sqrt(centred.var() + 1e-6)
    return scaled * norm.weight.numpy() + norm.bias.numpy()


@torch.no_grad()
def test_a_score_is_what_the_two_layers_make_of_a_frame_and_what_attention_adds() -> None:
    torch.manual_seed(0)
    regressor = Regressor(6, dropout=0.5, norm_bias=0.1).eval()
    features, attended = torch.randn(4, 6), torch.randn(4, 6)
    scores = regressor(features, attended)
    for frame, added, score in zip(features.numpy(), attended.numpy(), scores.tolist(), strict=True):
        hidden = regressor.hidden.weight.numpy() @ normed(frame + added, regressor.norm)
        hidden = np.maximum(hidden + regressor.hidden.bias.numpy(), 0)
        logit = regressor.output.weight.numpy()[0] @ normed(hidden, regressor.hidden_norm)
        logit += regressor.output.bias.item()
        np.testing.assert_allclose(score, 1 / (1 + np.exp(-logit)), rtol=1e-4)


def test_norms_start_with_the_bias_that_is_asked_for() -> None:
    for bias in (0.0, 0.1):
        regressor = Regressor(3, dropout=0.0, norm_bias=bias)
        for norm in (regressor.norm, regressor.hidden_norm):
            torch.testing.assert_close(norm.bias.detach(), torch.full((3,), bias))


def test_training_drops_before_each_norm() -> None:
    torch.manual_seed(0)
    regressor = Regressor(50, dropout=0.5)
    seen = []
    for norm in (regressor.norm, regressor.hidden_norm):
        norm.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        regressor(torch.ones(100, 50), torch.ones(100, 50))
    frames, hidden = seen
    assert set(frames.unique().tolist()) == {0.0, 4.0}
    assert 0.4 < (frames == 0).float().mean() < 0.6
    assert (hidden == 0).float().mean() > 0.5


@torch.no_grad()
def test_what_attention_gives_is_what_the_regressor_reads() -> None:
    torch.manual_seed(0)
    attention = torch.nn.Linear(3, 3)
    network, features = AttendedRegressor(attention, 3, dropout=0.5, norm_bias=0.1).eval(), torch.randn(4, 3)
    torch.testing.assert_close(network(features), network.regressor(features, attention(features)))
    assert (network.regressor.norm.bias == 0.1).all()
