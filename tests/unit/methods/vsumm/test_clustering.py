"""VSUMM's steps against loops, and against a k-means of its own."""

import numpy as np
import pytest
import torch

from vsumlab.methods.vsumm.clustering import nearest_to_centres, number_of_clusters, without_similar


def drawn(n_frames: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(n_frames, 4, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("jump", [0.5, 1.0, 2.0])
def test_clusters_are_one_more_than_the_large_steps(jump) -> None:
    frames = drawn(60).cumsum(dim=0).numpy()
    distances = [float(np.linalg.norm(frames[t + 1] - frames[t])) for t in range(59)]
    large = [each for each in distances if each > np.mean(distances) + jump * np.std(distances)]
    assert number_of_clusters(torch.from_numpy(frames), jump) == 1 + len(large) > 1


def test_a_video_has_no_more_clusters_than_different_frames() -> None:
    assert number_of_clusters(drawn(1), 2.0) == 1
    assert number_of_clusters(drawn(2), 2.0) == 1
    assert number_of_clusters(drawn(1).expand(9, -1), 2.0) == 1
    between_two = drawn(2)[[0] * 9 + [1] * 9 + [0] * 9 + [1] * 9]
    assert number_of_clusters(between_two, 2.0) == 2, "three steps, but two pictures"


@pytest.mark.parametrize(("n_frames", "count"), [(30, 1), (30, 4), (7, 7), (31, 5)])
def test_frames_are_nearest_to_the_centres_of_a_k_means_from_runs_of_frames(n_frames, count) -> None:
    frames = drawn(n_frames).cumsum(dim=0).double().numpy()
    centres = np.stack([run.mean(axis=0) for run in np.array_split(frames, count)])
    for _ in range(100):  # Lloyd's algorithm; of these no cluster comes to be empty
        labels = np.linalg.norm(frames[:, None] - centres, axis=-1).argmin(axis=1)
        centres = np.stack([frames[labels == label].mean(axis=0) for label in range(count)])
    expected = {int(np.linalg.norm(frames - centre, axis=1).argmin()) for centre in centres}
    assert nearest_to_centres(torch.from_numpy(frames).float(), count).tolist() == sorted(expected)


@pytest.mark.parametrize("distance", [0.0, 1.5, 2.5, 99.0])
def test_frames_too_similar_to_an_earlier_one_are_left_out(distance) -> None:
    frames, places = drawn(20), torch.arange(0, 20, 2)
    kept: list[int] = []
    for place in places.tolist():
        if all(np.linalg.norm(frames[place] - frames[other]) >= distance for other in kept):
            kept.append(place)
    assert without_similar(frames, places, distance).tolist() == kept
