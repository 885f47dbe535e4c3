"""What one epoch leaves behind, against scikit-learn's ridge regression on the same videos."""

import numpy as np
import pytest
import torch
from scipy.stats import zscore
from sklearn import linear_model
from support.methods import made_method
from support.training import fit, made_data

from vsumlab.data.collate import collate
from vsumlab.methods.ridge import module
from vsumlab.methods.ridge.regression import second_moments


def trained(path, *overrides, batch_size=1, **options):
    method = made_method("method=ridge", *overrides, feature_dim=8)
    data = made_data(path, n_folds=3, batch_size=batch_size)
    trainer = fit(method, data, **options)
    return method.eval(), data, trainer


@pytest.fixture
def path(video_file):
    return video_file(n_videos=9)


def unit(features) -> np.ndarray:
    frames = np.asarray(features, dtype=np.float64)
    return frames / np.linalg.norm(frames, axis=1, keepdims=True)


def test_an_epoch_arrives_at_sklearns_solution(path) -> None:
    method, data, _ = trained(path, "method.penalties=[0.02]")
    videos = [data.pool.video(key) for key in data.fold.train]
    frames = np.concatenate([unit(each.features) - unit(each.features).mean(axis=0) for each in videos])
    targets = np.concatenate([zscore(each.gtscore.numpy().astype(np.float64)) for each in videos])
    weights = np.concatenate([np.full(len(each.features), 1 / len(each.features) / 6) for each in videos])
    expected = linear_model.Ridge(0.02, fit_intercept=False).fit(frames, targets, weights)
    np.testing.assert_allclose(method.weights.detach(), expected.coef_, rtol=1e-4, atol=1e-6)
    video = data.pool.evaluated[data.fold.test[0]]
    along = unit(video.features) @ expected.coef_
    scores = (along - along.min()) / np.ptp(along)
    np.testing.assert_allclose(method.score(video.features).detach(), scores, atol=1e-4)


@pytest.mark.parametrize("options", [{"batch_size": 2}, {"batch_size": 99}, {"max_epochs": 3}])
def test_neither_batches_nor_more_epochs_change_it(path, options) -> None:
    once, again = trained(path)[0], trained(path, **options)[0]
    assert once.weights.any()
    torch.testing.assert_close(again.weights, once.weights, atol=1e-6, rtol=1e-5)


def test_the_penalty_is_of_the_list_and_logged(path) -> None:
    _, _, trainer = trained(path)
    assert float(trainer.callback_metrics["train/penalty"]) in np.float32([1e-4, 1e-3, 1e-2, 1e-1, 1.0])
    errors = [float(trainer.callback_metrics[f"train/{name}_error"]) for name in ("squared", "left_out")]
    assert 0 < errors[0] < 1, "weights of 0 have an error of 1"
    assert errors[0] < errors[1]


@pytest.mark.parametrize("world_size", [2, 4])  # of 6 videos, two are dealt out twice to 4 processes
def test_over_several_processes_every_video_counts_once(path, world_size, monkeypatch) -> None:
    """Each process in turn, with the sums of all in place of those that are reduced."""
    alone, data, _ = trained(path)
    sums = []
    for rank in range(world_size):
        method = made_method("method=ridge", feature_dim=8)
        monkeypatch.setattr(method, "_solution", lambda method=method: method.weights.detach())
        shared = made_data(path, n_folds=3)
        monkeypatch.setattr(shared, "_processes", lambda rank=rank: (world_size, rank))
        place = property(lambda trainer, rank=rank: rank), property(lambda trainer: world_size)
        for name, value in zip(("global_rank", "world_size"), place, strict=True):
            monkeypatch.setattr("pytorch_lightning.Trainer." + name, value)
        fit(method, shared)
        sums.append(method._moments)
    videos = [data.pool.video(key) for key in data.fold.train]
    expected = sum(
        second_moments(torch.nn.functional.normalize(each.features, dim=-1), each.gtscore) for each in videos
    )
    torch.testing.assert_close(sum(sums).sum(dim=0), expected, rtol=1e-6, atol=1e-9)
    assert float(alone._counts.sum()) == len(videos)


def test_parts_are_of_whole_videos_by_their_place_in_the_fold(path) -> None:
    method, data, _ = trained(path)
    assert method._counts.tolist() == [2, 1, 1, 1, 1]
    first = data.pool.video(data.fold.train[1])
    (example,) = module.examples(collate([first]))
    torch.testing.assert_close(method._moments[1], second_moments(*example))


def test_the_loss_of_held_out_videos_is_their_squared_error(path) -> None:
    method, data, _ = trained(path)
    videos = [data.pool.video(key) for key in data.fold.test]
    losses = method.validation_losses(collate(videos))
    weights = method.weights.detach().double().numpy()
    along = [unit(each.features) @ weights for each in videos]
    targets = [zscore(each.gtscore.numpy().astype(float)) for each in videos]
    expected = [np.mean((y - (x - x.mean())) ** 2) for y, x in zip(targets, along, strict=True)]
    np.testing.assert_allclose(losses.detach(), expected, rtol=1e-5)
