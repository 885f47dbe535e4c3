"""Rows of the same folds: folds that not all have are left out, or the few that lack some."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.report.common_folds import on_common_folds

SEEDS = st.tuples(st.integers(0, 4), st.integers(0, 2))
FOLDS = st.frozensets(st.integers(0, 4), min_size=1)


def rows_of(folds: dict[tuple[int, int], frozenset[int]]) -> pd.DataFrame:
    """A row for each fold of each seed of each group."""
    found = [(group, seed, fold) for (group, seed), own in folds.items() for fold in sorted(own)]
    return pd.DataFrame(found, columns=["group", "seed", "fold"])


@given(st.dictionaries(SEEDS, FOLDS, max_size=8))
def test_all_that_is_kept_has_the_same_folds_and_nothing_else_could_be_kept(folds) -> None:
    rows = rows_of(folds)
    found = on_common_folds(rows)
    kept = {pair: frozenset(own["fold"]) for pair, own in found.rows.groupby(["group", "seed"])}
    common = set().union(*kept.values())
    assert all(own == common for own in kept.values())
    assert set(found.left_out) == set(rows["fold"]) - common
    lost = folds.keys() - kept.keys()
    if common:
        assert all(not common <= folds[pair] for pair in lost)
        assert set(found.lacking) == {group for group, _ in lost}
        assert 2 * len(kept) > len(folds), "most are always shown"
        more = [fold for fold in range(5) if all(fold in folds[pair] for pair in kept)]
        assert set(more) == common, "all folds that the kept ones share"
    else:
        assert not found.lacking, "without a fold in common, nothing is a few's fault"


@given(st.lists(FOLDS, min_size=1, max_size=2))
def test_of_two_neither_is_left_out(own) -> None:
    found = on_common_folds(rows_of({(group, 0): each for group, each in enumerate(own)}))
    assert not found.lacking
    assert set(found.rows["fold"]) == frozenset.intersection(*own)


def test_a_single_fold_does_not_take_the_others_from_all() -> None:
    whole, part = frozenset(range(5)), frozenset([0])
    found = on_common_folds(rows_of({(0, 0): whole, (1, 0): whole, (2, 0): part}))
    assert found.left_out == ()
    assert found.lacking == {2: "seed 0 has fold 0 only"}
    assert set(found.rows["group"]) == {0, 1}


def test_a_seed_is_left_out_and_the_others_of_its_group_stay() -> None:
    whole, part = frozenset(range(5)), frozenset([0, 1])
    found = on_common_folds(rows_of({(0, 0): whole, (0, 1): whole, (0, 2): part}))
    assert found.lacking == {0: "seed 2 has folds 0–1 only"}
    assert sorted(found.rows["seed"].unique()) == [0, 1]
