"""Clusters are a share of the frames."""

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.k_medoids.hyperparameters import KMedoidsHyperparameters


@pytest.mark.parametrize("clusters", [0, -1.0, 1.0, "many"])
def test_what_is_no_share_is_refused(clusters) -> None:
    with pytest.raises(UserError, match=r"method\.clusters=.*: expected a number above 0 and below 1"):
        KMedoidsHyperparameters(clusters)
