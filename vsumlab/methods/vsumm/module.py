"""VSUMM as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from vsumlab.methods.common.evenly_spaced import frames_to_cluster
from vsumlab.methods.common.reference import KeyFrameReference, steps
from vsumlab.methods.published import PaperRow
from vsumlab.methods.vsumm.clustering import nearest_to_centres, number_of_clusters, without_similar
from vsumlab.methods.vsumm.hyperparameters import VsummHyperparameters


class Vsumm(KeyFrameReference):
    """VSUMM (De Avila et al. 2011) on frame features: a frame of each cluster, but for those too similar.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `VsummHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "vsumm"
    glossary = (
        (
            "vsumm",
            "De Avila et al., VSUMM: A Mechanism Designed to Produce Static Video Summaries and a Novel "
            "Evaluation Method, Pattern Recognition Letters 2011; nothing is learned.",
        ),
    )
    paper_rows = (PaperRow("Vsumm", "vsumm", "vsumm", {}, ("Vsumm",), differs=True),)

    hyperparameters: VsummHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = VsummHyperparameters(**hyperparameters)

    def key_frames(self, frames: Tensor) -> Tensor:
        """The key frames (K,); those of a long video are looked for among frames that are evenly spaced."""
        places = frames_to_cluster(len(frames))
        own = frames.cpu()[places]
        found = nearest_to_centres(own, number_of_clusters(own, self.hyperparameters.jump))
        usual = float(steps(own).mean()) if len(own) > 1 else 0.0
        return places[without_similar(own, found, usual)]
