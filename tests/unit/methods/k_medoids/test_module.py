"""Medoids against all choices that there are, and on a video of a few scenes."""

from itertools import combinations

import numpy as np
import pytest
import torch
from support.methods import made_method

from vsumlab.methods.common import evenly_spaced
from vsumlab.methods.k_medoids.module import medoids


def cost(frames, chosen) -> float:
    """The sum of the frames' distances, each from the nearest of those chosen."""
    distances = np.linalg.norm(frames[:, None] - frames[None, list(chosen)], axis=-1)
    return float(distances.min(axis=1).sum())


def scenes(*lengths: int, dim: int = 12) -> torch.Tensor:
    """A video of scenes that look quite different, each with frames that nearly look the same."""
    draws = torch.Generator().manual_seed(0)
    parts = [torch.eye(dim)[i].expand(length, -1) for i, length in enumerate(lengths)]
    return torch.cat(parts) + 0.05 * torch.rand(sum(lengths), dim, generator=draws)


@pytest.mark.parametrize("seed", range(8))
def test_one_medoid_is_the_best_of_all_frames(seed) -> None:
    frames = np.random.default_rng(seed).normal(size=(15, 4))
    best = min(range(15), key=lambda place: cost(frames, [place]))
    assert medoids(torch.from_numpy(frames), 1).tolist() == [best]


@pytest.mark.parametrize("seed", range(8))
def test_no_swap_of_a_medoid_is_better(seed) -> None:
    frames = np.random.default_rng(seed).normal(size=(14, 4))
    found = medoids(torch.from_numpy(frames), 3).tolist()
    swaps = [
        (*(place for place in found if place != out), put)
        for out in found
        for put in range(14)
        if put not in found
    ]
    assert cost(frames, found) <= min(cost(frames, swap) for swap in swaps) + 1e-9
    everything = [cost(frames, choice) for choice in combinations(range(14), 3)]
    assert cost(frames, found) <= np.quantile(everything, 0.02), "near the best of all choices"


def test_each_scene_has_its_key_frame_however_long_it_is() -> None:
    method = made_method("method=k_medoids", "method.clusters=0.03")
    scores = method.score(scenes(80, 10, 10))
    assert scores.unique().tolist() == [0, 1]
    assert [int(part.sum()) for part in scores.split([80, 10, 10])] == [1, 1, 1]


def test_nothing_is_drawn() -> None:
    method, video = made_method("method=k_medoids"), torch.rand(300, 12)
    first = method.score(video)
    torch.manual_seed(1)
    assert torch.equal(method.score(video), first)


def test_of_a_long_video_frames_that_are_evenly_spaced_are_clustered(monkeypatch) -> None:
    monkeypatch.setattr(evenly_spaced, "CLUSTERED", 40)
    scores = made_method("method=k_medoids").score(scenes(100, 100))
    key_frames = scores.nonzero().flatten()
    assert len(key_frames) == 4, "a share of all its frames"
    assert (key_frames % 5 == 0).all()
    whole = made_method("method=k_medoids", "method.clusters=0.5").score(scenes(100, 100))
    assert whole.sum() == 40, "no more than there are to choose from"
