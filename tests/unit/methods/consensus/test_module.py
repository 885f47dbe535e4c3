"""The whole method against loops over frames, and what its pass over the videos leaves behind."""

import numpy as np
import pytest
import torch
from support import plain_consensus as plain
from support.methods import made_method, small
from support.training import fit, made_data, quiet_trainer

from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate
from vsumlab.data.feature_file.reader import VideoFile


def trained(path, *overrides, batch_size=1, **options):
    method = made_method("method=consensus", *overrides, feature_dim=8)
    data = made_data(path, n_folds=3, batch_size=batch_size)
    fit(method, data, **options)
    return method.eval(), data


@pytest.fixture
def path(video_file):
    return video_file(n_videos=6)


def test_direction_segments_and_scores_are_those_of_loops_over_frames(path) -> None:
    method, data = trained(path)
    videos = [data.pool.evaluated[key] for key in data.fold.train]
    w, others = plain.direction([each.features.numpy() for each in videos], [2.0] * len(videos))
    np.testing.assert_allclose(method.direction.detach(), w, atol=1e-6)
    np.testing.assert_allclose(method.segments, others, atol=1e-6)
    for key in data.fold.test:
        video = data.pool.evaluated[key]
        expected = plain.score(video.features.numpy(), w, others, 2.0, video.timing.shots.tolist())
        np.testing.assert_allclose(method.score(video.features, video.timing), expected, atol=1e-4)


@pytest.mark.parametrize("batch_size", [2, 3, 99])
def test_batches_change_nothing(path, batch_size) -> None:
    alone, together = trained(path)[0], trained(path, batch_size=batch_size)[0]
    torch.testing.assert_close(together.direction, alone.direction, atol=1e-7, rtol=1e-5)


def test_the_order_of_the_videos_makes_no_difference(path) -> None:
    first, data = trained(path)
    other = made_data(path, n_folds=3)
    other.seed = 99
    other.setup()
    assert [*other.train_dataloader().sampler] != [*data.train_dataloader().sampler]
    method = made_method("method=consensus", feature_dim=8)
    fit(method, other)
    torch.testing.assert_close(method.direction, first.direction, atol=1e-7, rtol=1e-5)


def test_more_epochs_give_the_same_direction_and_scores(path) -> None:
    once, thrice = trained(path)[0], trained(path, max_epochs=3)[0]
    torch.testing.assert_close(thrice.direction, 3 * once.direction, atol=1e-6, rtol=1e-5)
    video = VideoFile(path)["video_1"]
    torch.testing.assert_close(
        thrice.score(video.features, video.timing), once.score(video.features, video.timing)
    )


def test_training_videos_are_unlike_others_segments_not_their_own(path) -> None:
    method, data = trained(path)
    key = data.fold.train[0]
    batch = collate([data.pool.video(key)])
    own = method.covariances(batch)
    method._owners[:] = -1  # as if all segments were other videos'
    assert not torch.allclose(method.covariances(batch), own, atol=1e-7)


def test_no_more_segments_are_kept_than_allowed(path) -> None:
    method, _ = trained(path, "method.max_segments=3")
    assert method.segments.shape == (3, 8)
    torch.testing.assert_close(method.segments.norm(dim=-1), torch.ones(3))


@pytest.mark.parametrize("term", ["rarity", "edge", "uniqueness", "direction", "pseudo", "continuity"])
def test_each_term_has_a_say_and_none_where_its_weight_is_0(path, term) -> None:
    whole, without = trained(path)[0], trained(path, f"method.{term}_weight=0")[0]
    video = VideoFile(path)["video_1"]
    assert not torch.allclose(
        whole.score(video.features, video.timing), without.score(video.features, video.timing), atol=1e-3
    )
    assert (term in without.explain(video.features, video.timing).curves) == (
        term in ("direction", "continuity")
    )


def test_without_uniqueness_no_segments_are_kept(path) -> None:
    assert len(trained(path, "method.uniqueness_weight=0")[0].segments) == 0


def test_scales_are_in_seconds(path) -> None:
    """At twice the rate, a Gaussian of half as many seconds has the same picks."""
    method, _ = trained(path)
    video = VideoFile(path)["video_1"]
    half = made_method("method=consensus", "method.smoothing_seconds=0.75", feature_dim=8)
    half.segments, half.direction = method.segments, method.direction
    twice = video.timing._replace(rate=4.0)
    torch.testing.assert_close(
        half.score(video.features, twice), method.score(video.features, video.timing), atol=1e-6, rtol=0
    )


def test_the_loss_of_held_out_videos_is_lower_the_more_the_direction_agrees(path) -> None:
    method, data = trained(path)
    batch = collate([data.pool.video(key) for key in data.fold.test])
    with torch.no_grad():
        method.direction.copy_(method.covariances(batch).sum(dim=0))
    agreeing = method.validation_losses(batch)
    assert agreeing.sum() < 0
    with torch.no_grad():
        method.direction.neg_()
    torch.testing.assert_close(method.validation_losses(batch), -agreeing)
    assert agreeing.shape == (len(batch),)


def test_a_checkpoint_has_all_that_unseen_videos_need(path, tmp_path) -> None:
    method, _ = trained(path)
    trainer = quiet_trainer()
    trainer.strategy.connect(method)
    trainer.save_checkpoint(tmp_path / "kept.ckpt", weights_only=True)
    loaded = type(method).load_from_checkpoint(tmp_path / "kept.ckpt", map_location="cpu").eval()
    video = VideoFile(path)["video_1"]
    torch.testing.assert_close(
        loaded.score(video.features, video.timing), method.score(video.features, video.timing), atol=0, rtol=0
    )


def test_a_direction_common_to_noisy_scores_is_recovered() -> None:
    """What the method is for: frames that stand out along one direction, in otherwise noisy videos."""
    generator = torch.Generator().manual_seed(0)
    method = made_method(
        "method=consensus", "method.uniqueness_weight=0", "method.edge_weight=0", feature_dim=32
    )
    hidden = torch.zeros(32)
    hidden[0] = 1
    found = []
    for _ in range(40):
        important = (torch.rand(60, generator=generator) < 0.15).float()
        noise = torch.randn(60, 32, generator=generator).abs() * 0.3
        features = 1 + noise + important[:, None] * hidden * 2
        found.append(method.covariances(collate([VideoFeatures("made", features)]))[0])
    direction, single = torch.stack(found).mean(dim=0), torch.stack(found)
    assert direction[0] > 3 * direction[1:].abs().max()
    assert direction[0] / direction.norm() > (single[:, 0] / single.norm(dim=-1)).mean()


@pytest.mark.parametrize(("base", "labels"), [("vs_lstm", True), ("csnet", False)])
def test_it_learns_from_labels_where_its_base_did(base, labels) -> None:
    inner, method = (made_method("method=consensus", feature_dim=8) for _ in range(2))
    assert not method.learns_from_labels
    inner.build_on(made_method(*small(base), feature_dim=8))
    method.build_on(inner)
    assert method.learns_from_labels is labels
    assert not method.needs_gtscore, "its own training needs none"


@pytest.mark.parametrize("name", ["csnet", "contrastive", "consensus"])
def test_another_methods_scores_can_take_the_place_of_the_terms(name, path, tmp_path) -> None:
    base = made_method(*small(name), feature_dim=8)
    if name == "consensus":
        fit(base, made_data(path, n_folds=3))
    before = {key: value.clone() for key, value in base.state_dict().items()}
    method = made_method("method=consensus", feature_dim=8)
    method.build_on(base)
    data = made_data(path, n_folds=3)
    trainer = fit(method, data)
    assert not base.training, "else its dropout would be at work"
    assert method.eval().segments.shape == (0, 8)
    covariances = []
    for key in data.fold.train:
        video = data.pool.evaluated[key]
        scores = plain.shaped(base.score(video.features, video.timing).numpy(), 1.5 * video.timing.rate)
        covariances.append(plain.z(scores) @ plain.unit(video.features) / video.n_picks)
    np.testing.assert_allclose(method.direction.detach(), np.mean(covariances, axis=0), atol=1e-5)
    assert all(torch.equal(value, before[key]) for key, value in base.state_dict().items())

    trainer.save_checkpoint(tmp_path / "kept.ckpt")
    loaded = type(method).load_from_checkpoint(tmp_path / "kept.ckpt", map_location="cpu").eval()
    assert type(loaded.base) is type(base)
    video = data.pool.evaluated["video_1"]
    scores = loaded.score(video.features, video.timing)
    torch.testing.assert_close(scores, method.score(video.features, video.timing), atol=0, rtol=0)
