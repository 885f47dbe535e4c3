"""The default backbone is the network of the package's weights."""

import numpy as np
import torch

from vsumlab.config import build, compose_config
from vsumlab.video.efficientnet_lite0 import WEIGHTS, LastConvolution


def test_its_features_are_those_of_torch() -> None:
    backbone = build(compose_config([], "extract").backbone)  # the default
    image = np.random.default_rng(0).integers(0, 256, (3, 224, 224, 3), dtype=np.uint8)
    fed = torch.from_numpy((image.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)
    with torch.no_grad():
        expected = torch.nn.functional.normalize(LastConvolution()(fed), dim=1).numpy()
    found = backbone.load()(image)
    assert found.shape == (3, 1280)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_weights_make_a_network_that_tells_pictures_apart() -> None:
    """ImageNet's weights, not random ones: two crops of one texture are nearer than those of two textures."""
    network, rng = build(compose_config([], "extract").backbone).load(), np.random.default_rng(0)
    stripes = np.tile(np.repeat([0, 255], 8), 40)[None, :, None].astype(np.uint8)
    striped = np.broadcast_to(stripes, (640, 640, 3))
    noise = rng.integers(0, 256, (640, 640, 3), dtype=np.uint8)
    crops = np.stack([each[at : at + 224, at : at + 224] for each in (striped, noise) for at in (0, 301)])
    likeness = network(crops) @ network(crops).T
    assert min(likeness[0, 1], likeness[2, 3]) > likeness[:2, 2:].max() + 0.2


def test_its_identity_is_that_of_the_weights() -> None:
    import hashlib

    backbone = build(compose_config([], "extract").backbone)
    assert backbone.identity()["sha256"] == hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    assert backbone.identity()["name"] == "efficientnet_lite0"
