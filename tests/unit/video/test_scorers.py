"""What scores a video where no trained run is named."""

from pathlib import Path

import numpy as np
import torch
from support.networks import backbone, write_network

from vsumlab.core.video import Timing
from vsumlab.methods.consensus import Consensus
from vsumlab.methods.contrastive import Contrastive
from vsumlab.video.efficientnet_lite0 import EfficientNetLite0
from vsumlab.video.scorers import ready_made


def test_the_default_backbone_has_the_direction_that_ships() -> None:
    scorer = ready_made(EfficientNetLite0())
    assert isinstance(scorer.method, Consensus)
    shipped = Path("vsumlab/methods/consensus/directions/efficientnet_lite0.npy")
    found = scorer.method.direction.detach().numpy()
    np.testing.assert_array_equal(found, np.load(Path(__file__).parents[3] / shipped).astype(np.float32))
    assert "consensus direction of efficientnet_lite0" in scorer.title
    features = torch.nn.functional.normalize(torch.rand(40, 1280), dim=1)
    scores = scorer.method.score(features, Timing(2.0, torch.arange(40) // 8))
    assert scores.shape == (40,)
    assert 0 <= scores.min() < scores.max() <= 1


def test_another_one_has_the_training_free_criteria(tmp_path: Path) -> None:
    scorer = ready_made(backbone(write_network(tmp_path / "small.onnx")))
    assert isinstance(scorer.method, Contrastive)
    assert not scorer.method.learns
    assert scorer.title == "the contrastive criteria of small, without training"
    assert scorer.method.score(torch.rand(40, 5)).shape == (40,)
