"""Which picks are trained on, of videos shorter, as long, and longer than is wanted."""

from fractions import Fraction
from math import floor

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support.noise import some_noise

from vsumlab.methods.contrastive.sampling import at_picks, resampled_picks


@given(st.lists(st.integers(1, 90), min_size=1, max_size=6), st.integers(1, 60))
def test_picks_are_a_videos_own_and_sorted(lengths, n_frames) -> None:
    picks = resampled_picks(torch.tensor(lengths), n_frames, some_noise(len(lengths)))
    assert picks.shape == (len(lengths), n_frames)
    assert picks.dtype == torch.int64
    for length, of_video in zip(lengths, picks.tolist(), strict=True):
        assert of_video == sorted(of_video)
        assert 0 <= of_video[0] <= of_video[-1] < length
        if length >= n_frames:
            assert len(set(of_video)) == n_frames
        else:
            assert set(of_video) == set(range(length))


@pytest.mark.parametrize("n_frames", [10, 200])
def test_a_short_video_is_stretched_exactly(n_frames) -> None:
    lengths = range(1, n_frames + 1)
    picks = resampled_picks(torch.tensor([*lengths, 5 * n_frames]), n_frames, some_noise(n_frames + 1))
    for length, of_video in zip(lengths, picks.tolist(), strict=False):
        assert of_video == [floor(Fraction(place * length, n_frames)) for place in range(n_frames)]


@pytest.mark.parametrize("n_frames", [10, 200])
def test_stretching_is_torchs_but_for_its_rounding(n_frames) -> None:
    for length in range(1, n_frames + 1):
        picks = resampled_picks(torch.tensor([length]), n_frames, some_noise())
        track = torch.arange(length, dtype=torch.float32)
        nearest = F.interpolate(track[None, None], size=n_frames, mode="nearest")[0].long()
        places = torch.arange(n_frames)
        rounded = (picks != nearest) & (places * length % n_frames == 0)  # just below a whole number
        assert torch.equal(picks - nearest, rounded.long())


def test_each_video_and_each_draw_has_its_own_subset() -> None:
    noise, lengths = some_noise(2), torch.full((2,), 100)
    first, second = resampled_picks(lengths, 20, noise), resampled_picks(lengths, 20, noise)
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first, second)
    assert torch.equal(resampled_picks(lengths, 20, some_noise(2)), first)


def test_each_pick_is_as_likely_next_to_longer_videos() -> None:
    n_draws, length, n_frames = 3000, 15, 10
    picks = resampled_picks(torch.tensor([length, 60] * n_draws), n_frames, some_noise(2 * n_draws))[::2]
    counts = picks.flatten().bincount(minlength=length)
    share = n_frames / length
    assert ((counts - n_draws * share).abs() < 5 * (n_draws * share * (1 - share)) ** 0.5).all()


def test_features_at_picks_are_those_of_a_loop() -> None:
    features = torch.randn(3, 12, 4)
    picks = torch.randint(12, (3, 7))
    expected = [[features[video, pick].tolist() for pick in row] for video, row in enumerate(picks.tolist())]
    assert at_picks(features, picks).tolist() == expected


def test_longer_videos_give_a_sorted_random_subset() -> None:
    lengths = torch.full((4000,), 25)
    picks = resampled_picks(lengths, 10, some_noise(4000))
    assert (picks.diff(dim=-1) > 0).all()
    assert picks.min() >= 0
    assert picks.max() < 25
    counts = picks.flatten().bincount(minlength=25)
    expected = 4000 * 10 / 25
    assert ((counts - expected).abs() < 5 * (expected * (1 - 10 / 25)) ** 0.5).all()


@pytest.mark.parametrize("length", [1, 2, 7, 99, 100, 150, 200])
def test_shorter_videos_are_interpolated_to_the_nearest_pick(length) -> None:
    picks = resampled_picks(torch.tensor([length, 300]), 200, some_noise(2))[0]
    track = torch.arange(length, dtype=torch.float32)
    expected = F.interpolate(track[None, None], size=200, mode="nearest")[0, 0].long()
    assert torch.equal(picks, expected)


def test_each_video_is_sampled_from_its_own_picks() -> None:
    lengths = torch.tensor([3, 40, 12, 500])
    features = torch.arange(4)[:, None, None] * 1000 + torch.arange(500)[None, :, None]
    picks = resampled_picks(lengths, 20, some_noise(4))
    taken = at_picks(features, picks)[..., 0]
    assert torch.equal(taken // 1000, torch.arange(4)[:, None].expand(4, 20))
    assert torch.equal(taken % 1000, picks)
    assert (picks < lengths[:, None]).all()
