"""The closed form against scikit-learn's ridge regression, whose videos are left out by its own hand."""

import numpy as np
import pytest
import torch
from scipy.stats import zscore
from sklearn.linear_model import Ridge

from vsumlab.methods.ridge.regression import fit, second_moments, solve, squared_error

D = 6
PENALTIES = [1e-3, 0.03, 1.0]


def made_videos(count: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Videos of different lengths, whose importance is a noisy linear function of their features."""
    draws, slope = np.random.default_rng(0), np.random.default_rng(1).normal(size=D)
    videos = []
    for length in draws.integers(4, 30, count):
        frames = draws.normal(size=(length, D)) + 5 * draws.normal(size=D)
        videos.append((frames, 0.3 + frames @ slope + 2 * draws.normal(size=length)))
    return videos


def by_sklearn(videos, penalty) -> np.ndarray:
    """The mean over videos of each one's mean squared error, with the penalty added."""
    frames = np.concatenate([x - x.mean(axis=0) for x, _ in videos])
    targets = np.concatenate([zscore(y) for _, y in videos])
    weights = np.concatenate([np.full(len(y), 1 / len(y) / len(videos)) for _, y in videos])
    return Ridge(penalty, fit_intercept=False).fit(frames, targets, sample_weight=weights).coef_


def error(video, weights) -> float:
    frames, importance = video
    return float(np.mean((zscore(importance) - (frames - frames.mean(axis=0)) @ weights) ** 2))


def moments_of(videos) -> torch.Tensor:
    return sum(second_moments(torch.from_numpy(x), torch.from_numpy(y)) for x, y in videos)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_solution_is_sklearns(penalty) -> None:
    videos = made_videos(7)
    found = solve(moments_of(videos) / 7, penalty)
    np.testing.assert_allclose(found, by_sklearn(videos, penalty), rtol=1e-8)


def test_the_squared_error_is_the_mean_over_videos() -> None:
    videos = made_videos(7)
    weights = torch.linspace(-1, 1, D).double()
    expected = np.mean([error(video, weights.numpy()) for video in videos])
    np.testing.assert_allclose(squared_error(moments_of(videos) / 7, weights), expected, rtol=1e-8)


@pytest.mark.parametrize("n_videos", [3, 8])
def test_the_penalty_is_the_best_for_videos_left_out(n_videos) -> None:
    videos = made_videos(n_videos)
    parts = [videos[part::3] for part in range(3)]
    found = fit(
        torch.stack([moments_of(part) for part in parts]), torch.tensor([*map(len, parts)]), PENALTIES
    )
    errors = []
    for penalty in PENALTIES:
        left_out = []
        for part in range(3):
            rest = [video for other in range(3) if other != part for video in parts[other]]
            left_out += [error(video, by_sklearn(rest, penalty)) for video in parts[part]]
        errors.append(np.mean(left_out))
    best = int(np.argmin(errors))
    assert found.penalty == PENALTIES[best]
    np.testing.assert_allclose(found.left_out_error, errors[best], rtol=1e-8)
    whole = by_sklearn(videos, PENALTIES[best])
    np.testing.assert_allclose(found.weights, whole, rtol=1e-8)
    np.testing.assert_allclose(found.error, np.mean([error(video, whole) for video in videos]), rtol=1e-8)


def test_one_video_is_enough_and_empty_parts_have_no_say() -> None:
    (video,) = made_videos(1)
    moments = torch.zeros(5, D + 1, D + 1).double()
    moments[2] = moments_of([video])
    found = fit(moments, torch.tensor([0, 0, 1, 0, 0]), PENALTIES)
    np.testing.assert_allclose(found.weights, by_sklearn([video], found.penalty), rtol=1e-8)


def test_a_video_whose_frames_are_all_as_important_tells_nothing() -> None:
    frames = torch.rand(9, D)
    assert not second_moments(frames, torch.full((9,), 0.3))[-1].any()
