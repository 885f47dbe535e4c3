"""Curves and key frames as scores, and what key frames come to as key shots."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter1d
from scipy.stats import kendalltau, rankdata, zscore
from support.methods import METHOD_FILES, made_method

from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Timing
from vsumlab.methods.common.reference import Reference, of_curve, of_key_frames
from vsumlab.summary.keyshots import shot_scores

REFERENCES = [name for name in METHOD_FILES if isinstance(made_method(f"method={name}"), Reference)]


def test_there_are_references() -> None:
    assert REFERENCES


@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.parametrize("n_frames", [1, 2, 3, 60])
def test_scores_do_not_depend_on_how_long_features_are_and_a_still_picture_is_scored(name, n_frames) -> None:
    method = made_method(f"method={name}")
    assert not method.learns
    features = torch.rand(n_frames, 12, generator=torch.Generator().manual_seed(0))
    lengths = 2.0 ** torch.arange(n_frames).remainder(7).unsqueeze(-1)
    torch.testing.assert_close(method.score(features * lengths), method.score(features))
    still = method.score(features[:1].expand(n_frames, -1))
    assert still.shape == (n_frames,)
    assert still.max() == 1


def test_scores_are_on_the_device_of_the_features() -> None:
    """Key frames are made on the CPU."""
    (scores,) = made_method("method=uniform").all_scores(torch.rand(5, 12, device="meta")).values()
    assert (scores.device.type, scores.dtype) == ("meta", torch.float32)


def test_a_curve_is_ranked_then_smoothed_then_scaled() -> None:
    values = torch.rand(30, generator=torch.Generator().manual_seed(0))
    timing = Timing(4.0, torch.zeros(30, dtype=torch.int64))
    smooth = gaussian_filter1d(zscore(rankdata(values.numpy())), 1.5 * 4)
    expected = (smooth - smooth.min()) / np.ptp(smooth)
    np.testing.assert_allclose(of_curve(values, 1.5, timing), expected, atol=1e-9)


def test_a_shots_score_is_its_number_of_key_frames_over_its_length() -> None:
    """Where no pick's frames reach into the next shot."""
    timeline = Timeline(np.arange(0, 120, 15), 120, np.array([[0, 29], [30, 89], [90, 119]]))
    scores = of_key_frames(torch.tensor([0, 2, 3, 5]), 8)
    counts = np.array([1, 3, 0])
    np.testing.assert_allclose(shot_scores(scores, timeline), counts * 15 / timeline.shot_lengths)


@pytest.mark.parametrize(("n_frames", "count"), [(100, 2), (450, 9)])
def test_key_frames_cannot_agree_with_a_ranking_more_than_their_ties_allow(n_frames, count) -> None:
    """With s the share of key frames, tau-b is at most sqrt(2 s (1 - s)), about 0.2 for one in 50."""
    best = of_key_frames(torch.arange(n_frames - count, n_frames), n_frames)
    share = count / n_frames
    found = kendalltau(best, np.arange(n_frames)).statistic
    np.testing.assert_allclose(found, np.sqrt(2 * share * (1 - share)), rtol=0.01)


@pytest.mark.parametrize(("n_frames", "count", "chosen"), [(500, 10, 75), (200, 30, 30), (90, 3, 40)])
def test_nor_with_a_choice_of_frames(n_frames, count, chosen) -> None:
    """Of key frames that people chose, too, with r the share of all that they chose."""
    best = of_key_frames(torch.arange(n_frames - count, n_frames), n_frames)
    share, choice = count / n_frames, chosen / n_frames
    found = kendalltau(best, np.arange(n_frames) >= n_frames - chosen).statistic
    np.testing.assert_allclose(found, np.sqrt(share * (1 - choice) / (choice * (1 - share))), rtol=1e-6)
