"""The first stages, which a feature file and a summary share: features, then shots."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vsumlab.video.backbone import Network
from vsumlab.video.choice import find_shots
from vsumlab.video.features import VideoFeatures, extract_features
from vsumlab.video.source import SourceVideo
from vsumlab.video.stages import Stages


class Extracted(NamedTuple):
    """A video, seen and divided.

    Attributes:
        source: Its file.
        features: At its picks.
        shots: (S, 2) its first and last frames.
    """

    source: SourceVideo
    features: VideoFeatures
    shots: npt.NDArray[np.int64]

    @property
    def speed(self) -> str:
        """The frames a second of decoding and of the network, in words."""
        found = self.features
        decoding = found.n_frames / max(found.decoding_seconds, 1e-9)
        network = len(found.picks) / max(found.network_seconds, 1e-9)
        return f"decoding {decoding:.0f} frames/s, network {network:.0f} frames/s"


def extract(path: Path, network: Network, stages: Stages) -> Extracted:
    """Runs a network on a video's frames at its picks, and divides it into shots.

    Raises:
        UserError: If it cannot be read, or has fewer than two picks.
    """
    source = SourceVideo(path)
    with stages.stage("features", source.stated_duration) as report:
        features = extract_features(source, network, report)
    with stages.stage("shots"):
        shots = find_shots(features)
    return Extracted(source, features, shots)
