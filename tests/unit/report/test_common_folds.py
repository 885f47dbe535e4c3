"""Rows of the same folds: folds that not all groups have are left out, or the few groups that lack some."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.report.common_folds import on_common_folds

FOLDS = st.frozensets(st.integers(0, 4), min_size=1)
GROUPS = st.dictionaries(st.integers(0, 5), st.dictionaries(st.integers(0, 2), FOLDS, min_size=1))
WHOLE, PART = frozenset(range(5)), frozenset([0])


def rows_of(groups: dict[int, dict[int, frozenset[int]]]) -> pd.DataFrame:
    """A row of a method and one of random scores for each fold of each seed of each group."""
    found = [
        (group, seed, fold, scorer)
        for group, seeds in groups.items()
        for seed, folds in seeds.items()
        for fold in sorted(folds)
        for scorer in ("ours", "random")
    ]
    return pd.DataFrame(found, columns=["group", "seed", "fold", "scorer"])


def shared(groups: dict[int, dict[int, frozenset[int]]], names) -> frozenset[int]:
    """The folds that all seeds of some groups have."""
    return frozenset.intersection(*(folds for name in names for folds in groups[name].values()))


@given(GROUPS)
def test_what_is_kept_is_all_that_most_groups_share(groups) -> None:
    rows = rows_of(groups)
    found = on_common_folds(rows)
    kept = groups.keys() - found.lacking.keys()
    common = shared(groups, kept) if kept else frozenset()
    ours = found.rows[found.rows["scorer"] == "ours"]
    expected = rows[(rows["scorer"] == "ours") & rows["group"].isin(kept) & rows["fold"].isin(common)]
    assert ours.equals(expected), "all of the kept groups on their common folds, and of no other group"
    assert set(found.left_out) == set(rows["fold"]) - common
    assert 2 * len(kept) > len(groups) or not groups, "most are always shown"
    assert all(not common <= shared(groups, [name]) for name in found.lacking), "none without need"


@given(GROUPS)
def test_no_table_is_empty_where_most_groups_share_a_fold(groups) -> None:
    found = on_common_folds(rows_of(groups))
    some = any(sum(fold in shared(groups, [name]) for name in groups) * 2 > len(groups) for fold in WHOLE)
    assert bool(len(found.rows)) == some


@given(GROUPS)
def test_of_random_scores_and_people_only_folds_are_left_out(groups) -> None:
    rows = rows_of(groups)
    found = on_common_folds(rows)
    random = rows[(rows["scorer"] == "random") & ~rows["fold"].isin(found.left_out)]
    assert found.rows[found.rows["scorer"] == "random"].equals(random)


@given(st.lists(FOLDS, min_size=1, max_size=2))
def test_of_two_groups_neither_is_left_out(both) -> None:
    found = on_common_folds(rows_of({group: {0: folds} for group, folds in enumerate(both)}))
    assert not found.lacking
    assert set(found.rows["fold"]) == frozenset.intersection(*both)


def test_a_single_fold_does_not_take_the_others_from_all() -> None:
    found = on_common_folds(rows_of({0: {0: WHOLE}, 1: {0: WHOLE}, 2: {0: PART}}))
    assert found.left_out == ()
    assert found.lacking == {2: "folds 1–4 (--folds any shows the others)"}


def test_nor_does_it_where_others_lack_a_fold_each() -> None:
    others = {0: {0: frozenset([0, 1, 2, 3])}, 1: {0: frozenset([0, 1, 2, 4])}, 2: {0: WHOLE}, 3: {0: WHOLE}}
    found = on_common_folds(rows_of({**others, 4: {0: PART}}))
    assert found.left_out == (3, 4)
    assert found.lacking == {4: "folds 1–2 (--folds any shows the others)"}


def test_a_group_is_of_the_folds_that_each_of_its_seeds_has() -> None:
    """However many seeds it has, it is one of them."""
    many = {0: dict.fromkeys(range(5), WHOLE), 1: {0: PART}, 2: {0: PART}, 3: {0: PART}}
    assert on_common_folds(rows_of(many)).left_out == (1, 2, 3, 4)
    found = on_common_folds(rows_of({0: {0: WHOLE}, 1: {0: WHOLE}, 2: {0: WHOLE, 1: PART, 2: PART}}))
    assert found.lacking == {2: "folds 1–4 of seeds 1–2 (--folds any shows the others)"}
