"""FCN-16s along time, against a plain loop over its layers and positions."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from vsumlab.methods.sum_fcn.network import FullyConvolutional, Restorer, upsampling

D = 6


@pytest.fixture
def network() -> FullyConvolutional:
    """An untrained network whose batch normalization has seen something."""
    torch.manual_seed(0)
    network = FullyConvolutional(D, hidden_size=8, dropout=0.5)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm1d):
            nn.init.normal_(layer.running_mean, std=0.1)
            nn.init.uniform_(layer.running_var, 0.5, 1.5)
    return network.double().eval()


def drawn(restorer: Restorer) -> Restorer:
    """With larger weights in place of those that it starts from."""
    for values in restorer.parameters():
        nn.init.normal_(values)
    return restorer


def convolved(frames: list[Tensor], layer: nn.Conv1d) -> list[Tensor]:
    """Each frame with as many on both sides as the kernel reaches, zeros beyond the ends."""
    reach = layer.kernel_size[0] // 2
    found = []
    for t in range(len(frames)):
        total = torch.zeros(layer.out_channels, dtype=torch.float64) if layer.bias is None else layer.bias
        for offset in range(-reach, reach + 1):
            if 0 <= t + offset < len(frames):
                total = total + layer.weight[:, :, offset + reach] @ frames[t + offset]
        found.append(total)
    return found


def deconvolved(frames: list[Tensor], layer: nn.ConvTranspose1d, factor: int) -> list[Tensor]:
    """Each frame spread over twice as many places as the factor, from half a factor before its own."""
    found = [torch.zeros(2, dtype=torch.float64) for _ in range(factor * len(frames))]
    for t, frame in enumerate(frames):
        for k in range(2 * factor):
            place = factor * t - factor // 2 + k
            if 0 <= place < len(found):
                found[place] = found[place] + layer.weight[:, :, k].T @ frame
    return found


def of_block(frames: list[Tensor], layers: nn.Sequential) -> list[Tensor]:
    for layer in layers:
        if isinstance(layer, nn.Conv1d):
            frames = convolved(frames, layer)
        elif isinstance(layer, nn.BatchNorm1d):
            scale = layer.weight / (layer.running_var + layer.eps).sqrt()
            frames = [(frame - layer.running_mean) * scale + layer.bias for frame in frames]
        elif isinstance(layer, nn.ReLU):
            frames = [frame.clamp(min=0) for frame in frames]
        elif isinstance(layer, nn.MaxPool1d):
            pairs = [frames[t : t + 2] for t in range(0, len(frames), 2)]
            frames = [torch.stack(pair).amax(dim=0) for pair in pairs]
        else:
            assert isinstance(layer, nn.Dropout), "which does nothing in testing"
    return frames


@pytest.mark.parametrize("T", [1, 2, 16, 37])
def test_it_is_a_loop_over_layers_with_a_skip_from_the_fourth_pooling(network, T) -> None:
    video = torch.randn(T, D, dtype=torch.float64)
    with torch.no_grad():
        frames = [*video]
        for layers in network.blocks[:4]:
            frames = of_block(frames, layers)
        above = of_block(of_block(frames, network.blocks[4]), network.top)
        above = deconvolved(above, network.twice, factor=2)
        merged = [up + at for up, at in zip(above, convolved(frames, network.skip), strict=False)]
        expected = torch.stack(deconvolved(merged, network.sixteenfold, factor=16)[:T])
        torch.testing.assert_close(network(video[None])[0], expected)


def test_the_blocks_are_those_of_fcn_16s(network) -> None:
    """Convolutions of three frames, 2, 2, 3, 3 and 3 of them, as VGG's channels."""
    found = [
        [layer.out_channels for layer in block if isinstance(layer, nn.Conv1d)] for block in network.blocks
    ]
    assert found == [[64] * 2, [128] * 2, [256] * 3, [512] * 3, [512] * 3]
    convolutions = [layer for layer in network.blocks.modules() if isinstance(layer, nn.Conv1d)]
    assert {layer.kernel_size for layer in convolutions} == {(3,)}


@pytest.mark.parametrize("factor", [2, 16])
def test_upsampling_starts_as_linear_interpolation(factor) -> None:
    """A line stays one, but at the ends, where there is nothing to interpolate with."""
    with torch.no_grad():
        line = upsampling(factor)(torch.arange(8.0).expand(1, 2, 8))[0]
    places = (np.arange(8 * factor) + 0.5) / factor - 0.5
    inside = (places >= 0) & (places <= 7)
    for channel in line:
        np.testing.assert_allclose(channel.numpy()[inside], places[inside], atol=1e-6)


def test_what_is_restored_is_of_a_frame_alone() -> None:
    restorer = drawn(Restorer(D))
    decoded, features = torch.randn(2, 5, 2), torch.randn(2, 5, D)
    restored = restorer(decoded, features)
    for i, k in np.ndindex(2, 5):
        expanded = restorer.expand.weight @ decoded[i, k] + restorer.expand.bias
        expected = restorer.merge.weight @ (expanded + features[i, k]) + restorer.merge.bias
        torch.testing.assert_close(restored[i, k], expected)


@pytest.mark.parametrize("feature_dim", [6, 1024])
def test_at_first_features_are_restored_but_for_no_more_than_is_decoded(feature_dim) -> None:
    torch.manual_seed(0)
    decoded, features = torch.randn(2, 50, 2), torch.randn(2, 50, feature_dim)
    added = Restorer(feature_dim)(decoded, features) - features
    ratio = added.norm(dim=-1) / decoded.norm(dim=-1)
    assert ratio.min() > 0.1
    assert ratio.max() < 2**0.5
