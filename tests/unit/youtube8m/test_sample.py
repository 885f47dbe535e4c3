"""Who is drawn: against brute force, and uniform by chi-square tests over many seeds."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from vsumlab.youtube8m.sample import ENTRY, draw, priority

SMALL_AND_LARGE = st.one_of(st.integers(0, 9), st.integers(0, 2**64 - 1), st.integers(2**64 - 9, 2**64 - 1))


SHARDS = st.lists(st.lists(SMALL_AND_LARGE, max_size=8), min_size=1, max_size=5)


@given(SHARDS, st.integers(1, 20), st.integers(1, 9))
def test_as_by_brute_force(shards, count, in_memory):
    entries = [np.array([(p, 100 * i) for i, p in enumerate(of)], dtype=ENTRY) for of in shards]
    first = {}
    for shard, of in enumerate(shards):
        for i, p in enumerate(of):
            first.setdefault(p, (shard, 100 * i))
    expected = {}
    for p in sorted(first)[:count]:
        shard, offset = first[p]
        expected.setdefault(shard, []).append((offset, p))
    sample = draw(entries.__getitem__, [len(of) for of in entries], count, in_memory)
    assert sample.videos_seen == len(first)
    assert sample.size == min(count, len(first))
    found = {s: [(int(e["offset"]), int(e["priority"])) for e in of] for s, of in sample.drawn.items()}
    assert found == {shard: sorted(of) for shard, of in expected.items()}
    assert list(found) == sorted(found)


@pytest.fixture(scope="module")
def draws():
    """(seeds, videos) whether each of 30 videos in shards of unequal sizes is among the 6 drawn."""
    shards = [range(3), range(3, 4), range(4, 18), range(18, 30)]
    seeds = 3000
    drawn = np.zeros((seeds, 30), dtype=bool)
    for seed in range(seeds):
        entries = [
            np.array([(priority(b"video %d" % video, seed), video) for video in of], dtype=ENTRY)
            for of in shards
        ]
        for of in draw(entries.__getitem__, [len(of) for of in entries], 6, in_memory=7).drawn.values():
            drawn[seed, of["offset"].astype(int)] = True
    assert (drawn.sum(axis=1) == 6).all()
    return drawn


def chi_square_p(counts, seeds, probability):
    """That counts of events of one probability, whose sum is fixed, differ this much by chance."""
    n = len(counts)
    variance = seeds * probability * (1 - probability) * n / (n - 1)
    return stats.chi2.sf(((counts - seeds * probability) ** 2).sum() / variance, n - 1)


def test_every_video_is_drawn_equally_often(draws):
    assert chi_square_p(draws.sum(axis=0), len(draws), 6 / 30) > 0.01


def test_every_pair_of_neighbours_is_drawn_equally_often(draws):
    pairs = np.array([(draws[:, a] & draws[:, b]).sum() for a, b in itertools.pairwise(range(30))])
    expected = len(draws) * 6 * 5 / (30 * 29)
    assert stats.chi2.sf(((pairs - expected) ** 2 / expected).sum(), len(pairs)) > 0.01


def test_the_test_would_see_a_biased_draw(draws):
    biased = draws.copy()
    biased[:300, :3] = True  # as if the first shard were preferred in a tenth of the draws
    assert chi_square_p(biased.sum(axis=0), len(draws), biased.mean()) < 1e-6


def test_priorities_are_uniform():
    priorities = np.array([priority(b"%d" % i, 5) for i in range(5000)], dtype=float) / 2**64
    assert stats.kstest(priorities, "uniform").pvalue > 0.01


def test_seeds_draw_independently():
    ranks = [[priority(b"%d" % i, seed) for i in range(2000)] for seed in (0, 1)]
    assert abs(stats.spearmanr(*ranks).statistic) < 0.07
