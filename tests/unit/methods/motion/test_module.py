"""Motion against a loop over frames, and on a video with one scene that moves."""

import numpy as np
import pytest
import torch
from support.methods import made_method

from vsumlab.methods.motion.module import change


@pytest.mark.parametrize("n_frames", [1, 2, 3, 20])
def test_change_is_a_loop_over_frames(n_frames) -> None:
    frames = torch.randn(n_frames, 5, generator=torch.Generator().manual_seed(0))
    expected = []
    for t in range(n_frames):
        around = [s for s in (t - 1, t + 1) if 0 <= s < n_frames]
        distances = [float(np.linalg.norm(frames[t] - frames[s])) for s in around]
        expected.append(np.mean(distances) if distances else 0.0)
    np.testing.assert_allclose(change(frames), expected, rtol=1e-5)


def test_what_moves_scores_higher_than_what_stands_still() -> None:
    draws = torch.Generator().manual_seed(0)
    still = 1 + 0.01 * torch.rand(40, 12, generator=draws)
    moving = torch.rand(20, 12, generator=draws)
    scores = made_method("method=motion").score(torch.cat([still, moving, still]))
    assert scores[43:57].min() > max(scores[:35].max(), scores[65:].max())


def test_more_smoothing_is_smoother() -> None:
    features = torch.rand(80, 12, generator=torch.Generator().manual_seed(0))
    rough, smooth = (
        made_method("method=motion", f"method.smoothing_seconds={seconds}").score(features)
        for seconds in (0.2, 4)
    )
    assert smooth.diff().abs().mean() < rough.diff().abs().mean() / 2
