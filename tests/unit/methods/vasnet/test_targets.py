"""Stretched ground-truth scores, of each video alone."""

import numpy as np
import torch
from support.padded import each

from vsumlab.methods.vasnet.targets import stretched


def test_each_video_is_stretched_by_its_own_frames(scores, mask) -> None:
    for video, found in zip(each(scores), each(stretched(scores, mask)), strict=True):
        if len(video) > 1:
            np.testing.assert_allclose(found, (video - video.min()) / np.ptp(video), atol=1e-6)


def test_scores_that_are_all_the_same_stay(mask) -> None:
    flat = torch.full(mask.shape, 0.3)
    assert torch.equal(stretched(flat, mask), flat)
