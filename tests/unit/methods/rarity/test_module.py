"""Rarity is the consensus direction's term alone, in one method as in the other, and a loop over frames."""

import numpy as np
import pytest
import torch
from support import plain_consensus as plain
from support.methods import made_method

from vsumlab.core.video import Timing


@pytest.fixture
def features() -> torch.Tensor:
    return torch.rand(50, 12, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("timing", [None, Timing(3.0, torch.zeros(50, dtype=torch.int64))])
def test_it_is_a_pseudo_score_of_that_term_alone(features, timing) -> None:
    alone = ("method.edge_weight=0", "method.uniqueness_weight=0")
    consensus = made_method("method=consensus", *alone)
    expected = consensus.all_scores(features, timing)["pseudo-score"]
    found = made_method("method=rarity").score(features, timing)
    torch.testing.assert_close(found, expected)


def test_it_is_a_loop_over_frames(features) -> None:
    frames = [plain.unit(frame) for frame in features.double().numpy()]
    smooth = plain.shaped(plain.rarity(frames, frames, 8.0), 1.5 * 2)
    expected = (smooth - smooth.min()) / np.ptp(smooth)
    np.testing.assert_allclose(made_method("method=rarity").score(features), expected, atol=2e-3)
