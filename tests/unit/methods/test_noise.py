"""Noise: what a video gets, whoever is with it, and how it is distributed."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vsumlab.methods.noise import Noise, stream_seed

CPU = torch.device("cpu")
VIDEOS = st.tuples(st.text(max_size=5), st.integers(1, 9))


@given(
    st.lists(
        st.tuples(st.text(max_size=5), st.integers(1, 9)), min_size=1, max_size=5, unique_by=lambda v: v[0]
    ),
    st.integers(0, 2**40),
    st.integers(0, 2000),
    st.integers(0, 7),
)
def test_a_video_gets_the_same_alone_and_in_any_batch(videos, seed, epoch, padding) -> None:
    keys, lengths = zip(*videos, strict=True)
    longest = max(lengths) + padding
    together = Noise(seed, epoch, keys, CPU)
    codes = together.normal(2 * len(keys), 3).unflatten(0, (2, len(keys)))
    frames = together.uniform(torch.tensor(lengths), longest)
    episodes = together.uniform(torch.tensor(lengths), longest, 2)
    for i, (key, length) in enumerate(videos):
        alone = Noise(seed, epoch, [key], CPU)
        assert torch.equal(alone.normal(2, 3), codes[:, i])
        assert torch.equal(alone.uniform(torch.tensor([length]), length)[0], frames[i, :length])
        assert torch.equal(alone.uniform(torch.tensor([length]), length, 2)[0], episodes[i, :, :length])
        assert not frames[i, length:].any()
        assert not episodes[i, :, length:].any()


@pytest.mark.parametrize("other", [(1, 0, "a"), (0, 1, "a"), (0, 0, "b"), (0, -1, "a")])
def test_each_seed_epoch_and_video_has_noise_of_its_own(other) -> None:
    first, second = Noise(0, 0, ["a"], CPU), Noise(*other[:2], [other[2]], CPU)
    assert not torch.isclose(first.normal(1, 50), second.normal(1, 50)).any()


def test_no_two_streams_share_a_seed() -> None:
    seeds = {stream_seed(s, e, f"video_{v}") for s in range(10) for e in range(20) for v in range(50)}
    assert len(seeds) == 10 * 20 * 50
    assert all(-(2**63) <= seed < 2**63 for seed in seeds)


def test_first_numbers_of_streams_are_normal_and_uniform() -> None:
    """Over videos, not along one stream: seeds that are near each other must not make numbers that are."""
    noise = Noise(0, 0, [f"video_{i}" for i in range(3000)], CPU)
    assert stats.kstest(noise.normal(3000, 1)[:, 0], "norm").pvalue > 0.01
    assert stats.kstest(noise.uniform(torch.ones(3000, dtype=torch.int64), 1)[:, 0], "uniform").pvalue > 0.01


def test_another_call_goes_on() -> None:
    noise = Noise(0, 0, ["a"], CPU)
    assert not torch.equal(noise.normal(1, 8), noise.normal(1, 8))
