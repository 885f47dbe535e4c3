"""What can be chosen of k-medoids, by a switch of the same name in `conf/method/k_medoids.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.entries import check_shares


@dataclass(frozen=True)
class KMedoidsHyperparameters:
    """How many clusters there are.

    Attributes:
        clusters: Clusters, and so key frames, as a share of the video's picks; there is at least one.

    Raises:
        UserError: If it is not above 0 and below 1.
    """

    clusters: float

    def __post_init__(self) -> None:
        check_shares(vars(self), "clusters", prefix="method.")
