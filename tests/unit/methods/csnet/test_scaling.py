"""The size of features: whose statistics it follows, who keeps them, and what it does to what is learnt."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from support.small_csnet import csnet
from support.training import fit, made_data
from torch import Tensor, nn

from vsumlab.methods.common.losses import sparsity_loss
from vsumlab.methods.csnet import CSNet
from vsumlab.methods.csnet.losses import variance_loss
from vsumlab.methods.csnet.scaling import Standardization, unit_rms
from vsumlab.methods.csnet.scorer import DifferenceAttention, Scorer


def test_statistics_are_those_of_the_training_videos_alone(video_file) -> None:
    data = made_data(video_file(n_videos=6), n_folds=6)
    method = csnet(input_scale="standardized")
    fit(method, data, limit_train_batches=1)
    frames = np.concatenate([data.pool.video(key).features.numpy() for key in data.fold.train])
    everything = np.concatenate([frames, *(data.pool.video(key).features.numpy() for key in data.fold.test)])
    kept = method.standardization
    np.testing.assert_allclose(kept.mean, frames.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(kept.deviation, frames.std(axis=0), rtol=1e-5)
    assert not np.allclose(kept.mean, everything.mean(axis=0), rtol=1e-5)


@pytest.mark.parametrize("input_scale", ["none", "rms", "standardized"])
def test_a_checkpoint_keeps_them(video_file, tmp_path, input_scale) -> None:
    data = made_data(video_file(n_videos=6), n_folds=6)
    method = csnet(input_scale=input_scale)
    trainer = fit(method, data, limit_train_batches=1)
    trainer.save_checkpoint(tmp_path / "last.ckpt")
    again = CSNet.load_from_checkpoint(tmp_path / "last.ckpt", weights_only=True)
    video = torch.rand(20, 8)
    assert torch.equal(again.score(video), method.score(video))


def test_a_dimension_that_never_changes_is_finite() -> None:
    scale = Standardization(3)
    video = torch.tensor([[1.0, 0.1, 5.0], [1.0, 0.1, 7.0]])
    scale.learn([video])
    torch.testing.assert_close(scale(video), torch.tensor([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]]))


def test_all_networks_read_scaled_features_once(video_file) -> None:
    """Features of any size give the same training where each frame is scaled to the same one."""
    data = made_data(video_file(n_videos=6), n_folds=6)
    data.setup()
    read = data.pool.video
    scores = []
    for size in (1.0, 64.0):
        data.pool.video = lambda key, size=size: read(key)._replace(features=read(key).features * size)
        method = csnet(input_scale="rms")
        fit(method, data, limit_train_batches=3)
        scores.append(method.score(read(data.fold.test[0]).features))
    torch.testing.assert_close(*scores)


def test_differences_of_frames_of_length_1_do_not_depend_on_their_size() -> None:
    video, _ = video_of_scenes(seed=0)
    lengths = torch.tensor([len(video)])
    attention = DifferenceAttention(64, unit_length=True)
    plain = DifferenceAttention(64)
    plain.load_state_dict(attention.state_dict())
    expected = plain(video[None], lengths)
    for size in (0.1, 1.0, 30.0):
        torch.testing.assert_close(attention(size * video[None], lengths), expected)


def video_of_scenes(seed: int, T: int = 240, D: int = 64) -> tuple[Tensor, Tensor]:
    """Unit vectors that stay as they are for a while and then change all the time, and when they do (T,)."""
    generator = torch.Generator().manual_seed(seed)
    changing = (torch.rand(T // 20, generator=generator) < 0.5).repeat_interleave(20)
    changing[:20], changing[20:40] = True, False
    fresh = torch.rand(T, D, generator=generator)
    scene = torch.arange(T).div(20, rounding_mode="floor") * 20
    frames = torch.where(changing.unsqueeze(-1), fresh, fresh[scene])
    return nn.functional.normalize(frames, dim=-1), changing


def down(scorer: nn.Module, video: Tensor, loss: Callable[[Tensor, Tensor], Tensor], steps: int) -> Tensor:
    """Scores (T,) after some steps down a loss of scores and mask alone."""
    optimizer = torch.optim.Adam(scorer.parameters(), lr=1e-3)
    features, lengths, mask = video[None], torch.tensor([len(video)]), torch.ones(1, len(video), dtype=bool)
    for _ in range(steps):
        optimizer.zero_grad()
        loss(scorer(features, lengths), mask).sum().backward()
        torch.nn.utils.clip_grad_norm_(scorer.parameters(), 5.0)
        optimizer.step()
    return scorer(features, lengths)[0].detach()


def widen(scorer: nn.Module, video: Tensor, steps: int) -> Tensor:
    """The same of the variance loss."""
    return down(scorer, video, lambda scores, mask: variance_loss(scores, mask, "median", 1e-8), steps)


class AttentionAlone(nn.Module):
    """sigmoid(d), what difference attention makes of a video by itself."""

    def __init__(self, nonnegative: bool) -> None:
        super().__init__()
        self.attention = DifferenceAttention(64, nonnegative)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        return torch.sigmoid(self.attention(features, lengths))


def whole_scorer(nonnegative: bool) -> Scorer:
    """Streams and difference attention, which reads frames of length 1 and so does not drown the streams."""
    return Scorer(64, 16, 4, True, True, nonnegative, unit_differences=True)


@pytest.mark.parametrize("scorer", [AttentionAlone, whole_scorer])
def test_change_raises_importance_whatever_the_seed(scorer) -> None:
    """The variance loss is the same for p and 1 - p: the sign is where the weights start."""

    def raised_by_change(nonnegative: bool, seed: int) -> bool:
        video, changing = video_of_scenes(seed)
        torch.manual_seed(seed)
        scores = widen(scorer(nonnegative), unit_rms(video), steps=60)
        return bool(scores[changing].mean() > scores[~changing].mean())

    assert all(raised_by_change(nonnegative=True, seed=seed) for seed in range(8))
    assert {raised_by_change(nonnegative=False, seed=seed) for seed in range(8)} == {True, False}


def test_sparsity_without_variance_lowers_what_changes() -> None:
    """Differences are never negative, so a mean score above sigma pushes all their weights down."""
    for seed in range(8):
        video, changing = video_of_scenes(seed)
        torch.manual_seed(seed)
        attention = AttentionAlone(nonnegative=False)
        before = attention.attention(video[None], torch.tensor([len(video)]))[0].detach()
        down(attention, video, lambda scores, mask: sparsity_loss(scores, mask, sigma=0.3), steps=60)
        after = attention.attention(video[None], torch.tensor([len(video)]))[0].detach()
        moved = after - before
        assert moved[changing].mean() < moved[~changing].mean() < 0


def follows_time(scale: bool, seed: int) -> float:
    """The size of the rank correlation between frames' order and scores."""
    video, _ = video_of_scenes(seed, D=1024)
    torch.manual_seed(seed)
    scorer = Scorer(1024, 32, divisions=4, chunk_stride=False, difference_attention=False)
    scores = widen(scorer, unit_rms(video) if scale else video, steps=60)
    return abs(spearmanr(scores, range(len(scores))).statistic)


def test_scores_follow_time_less_where_features_are_larger() -> None:
    """Components of 1/32, those of GoogLeNet's features at unit length, against components of 1."""
    small, large = ([follows_time(scale, seed) for seed in range(5)] for scale in (False, True))
    assert np.median(large) < 0.4 < 0.6 < np.median(small)
