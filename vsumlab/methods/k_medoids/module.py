"""K-medoids as a LightningModule that is not trained."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from vsumlab.methods.common.evenly_spaced import frames_to_cluster, middles, share_count
from vsumlab.methods.common.reference import KeyFrameReference
from vsumlab.methods.k_medoids.hyperparameters import KMedoidsHyperparameters
from vsumlab.methods.published import PaperRow


class KMedoids(KeyFrameReference):
    """Takes the medoids of the video's frames: those that all frames are nearest to, in sum.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `KMedoidsHyperparameters`.

    Raises:
        UserError: If a number makes no sense.
    """

    name = "k_medoids"
    glossary = (
        (
            "k_medoids",
            "Hadi et al., Video Summarization by k-Medoid Clustering, SAC 2006; nothing is learned.",
        ),
    )
    paper_rows = (PaperRow("K-medoids", "k_medoids", "k_medoids", {}, ("K-medoids",), differs=True),)

    hyperparameters: KMedoidsHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = KMedoidsHyperparameters(**hyperparameters)

    def key_frames(self, frames: Tensor) -> Tensor:
        """The medoids (K,); those of a long video are looked for among frames that are evenly spaced."""
        places = frames_to_cluster(len(frames))
        count = min(share_count(self.hyperparameters.clusters, len(frames)), len(places))
        return places[medoids(frames.cpu()[places], count)]


def medoids(frames: Tensor, count: int) -> Tensor:
    """The places (count,) of the medoids of frames (N, D): no swap of one makes the sum of distances less.

    The search starts from frames that are evenly spaced, so nothing is drawn.

    >>> medoids(torch.tensor([[0.0], [1.0], [2.0], [9.0]]), count=2).tolist()
    [1, 3]
    """
    import kmedoids

    distances = torch.cdist(frames.double(), frames.double())
    found = kmedoids.fasterpam(distances.numpy(), middles(count, len(frames)).numpy(), n_cpu=1)
    return torch.from_numpy(found.medoids.astype("int64")).sort().values
