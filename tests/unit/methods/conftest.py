"""A padded batch of scores, for the tests of what is computed of one."""

import pytest
import torch
from support.padded import own_frames, padded_scores


@pytest.fixture
def scores() -> torch.Tensor:
    return padded_scores()


@pytest.fixture
def mask() -> torch.Tensor:
    return own_frames()
