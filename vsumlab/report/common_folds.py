"""The folds that a table is of, where not all of its rows have the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

from vsumlab.report.cells import spans

Seed = tuple[int, int]
"""A group of runs and one of its seeds."""


class OnCommonFolds(NamedTuple):
    """Rows that are all of the same folds.

    Attributes:
        rows: Those that were given, without what is left out.
        left_out: The folds that no row is of any more, in order.
        lacking: What the seeds that are left out do have, in words, by their group.
    """

    rows: pd.DataFrame
    left_out: tuple[int, ...]
    lacking: dict[int, str]


def on_common_folds(rows: pd.DataFrame) -> OnCommonFolds:
    """The rows of the folds that all groups of runs have of each of their seeds.

    Where most seeds have folds in common that a few lack, these few are left out instead: a method that was
    run on a single fold does not take the other folds from all others.

    Args:
        rows: With `group`, `seed` and `fold`.
    """
    folds: dict[Any, set[int]] = {
        seed: set(own) for seed, own in rows.groupby(["group", "seed"], sort=False)["fold"]
    }
    common = folds_of_most(folds)
    few = {seed: own for seed, own in folds.items() if not common <= own}
    if 2 * len(few) >= len(folds):
        common, few = set.intersection(*folds.values()) if folds else set(), {}
    seeds = pd.MultiIndex.from_frame(rows[["group", "seed"]])
    kept = rows[rows["fold"].isin(common) & ~seeds.isin(list(few))]
    left_out = tuple(sorted(int(fold) for fold in set().union(*folds.values()) - common))
    return OnCommonFolds(kept, left_out, in_words(few))


def folds_of_most(folds: Mapping[Seed, set[int]]) -> set[int]:
    """The folds that more than half of some seeds have.

    >>> folds_of_most({(0, 0): {0, 1}, (1, 0): {0, 1, 2}, (2, 0): {0}})
    {0, 1}
    """
    counts = Counter(chain.from_iterable(folds.values()))
    return {fold for fold, count in counts.items() if 2 * count > len(folds)}


def in_words(few: Mapping[Seed, set[int]]) -> dict[int, str]:
    """What a few seeds have only, by their group.

    >>> in_words({(3, 0): {0}, (3, 2): {0, 1}})
    {3: 'seed 0 has fold 0 only, seed 2 has folds 0–1 only'}
    """
    said: dict[int, list[str]] = {}
    for (group, seed), own in few.items():
        named = f"fold{'s' if len(own) > 1 else ''} {spans(sorted(own))}"
        said.setdefault(group, []).append(f"seed {seed} has {named} only")
    return {group: ", ".join(words) for group, words in said.items()}
