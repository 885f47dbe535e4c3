"""The first stages: features, then shots."""

from pathlib import Path

import numpy as np
from support.networks import backbone, write_network
from support.videos import encode

from vsumlab.video.extraction import extract
from vsumlab.video.stages import Stages


def test_a_video_of_three_scenes_has_three_shots(tmp_path: Path) -> None:
    colours = np.array([[250, 10, 10], [10, 250, 10], [10, 10, 250]], np.uint8)
    images = (np.broadcast_to(colours[i // 60], (32, 32, 3)) for i in range(180))
    path = encode(tmp_path / "a.mp4", images, 24)
    stages = Stages("a.mp4")
    found = extract(path, backbone(write_network(tmp_path / "small.onnx")).load(), stages)
    assert found.shots.tolist() == [[0, 59], [60, 119], [120, 179]]
    assert list(stages.seconds) == ["features", "shots"]
    assert found.source.path == path
    assert found.speed.startswith("decoding ")
    assert found.features.n_frames == 180
