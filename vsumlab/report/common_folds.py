"""The folds that a table is of, where not all of its rows have the same ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from itertools import chain
from typing import Any, NamedTuple

import pandas as pd

from vsumlab.evaluation.baselines import BASELINES
from vsumlab.report.cells import spans_of

Folds = set[int]


class OnCommonFolds(NamedTuple):
    """Rows that are all of the same folds.

    Attributes:
        rows: Those that were given, without what is left out.
        left_out: The folds that are left out, in order.
        lacking: By each group of runs that is left out, what it lacks, in words.
    """

    rows: pd.DataFrame
    left_out: tuple[int, ...]
    lacking: dict[Hashable, str]


def on_common_folds(rows: pd.DataFrame) -> OnCommonFolds:
    """The rows of the folds that all groups of runs, or most, have of each of their seeds.

    Groups are left out that lack some of the folds of more than half of them, so that one which has a single
    fold does not take the others from all. Of random scores and people nothing but folds is left out.

    Args:
        rows: With `group`, `seed`, `fold` and `scorer`.
    """
    seeds: dict[Any, dict[Any, Folds]] = {}
    for (group, seed), own in rows.groupby(["group", "seed"], sort=False)["fold"]:
        seeds.setdefault(group, {})[seed] = set(own)
    folds = {group: set.intersection(*own.values()) for group, own in seeds.items()}
    common = folds_of_most(folds)
    few = [group for group, own in folds.items() if not common <= own]
    kept = rows["fold"].isin(common) & (~rows["group"].isin(few) | rows["scorer"].isin(BASELINES))
    left_out = tuple(sorted(int(fold) for fold in set(rows["fold"]) - common))
    return OnCommonFolds(
        rows[kept], left_out, {group: lacking_in_words(seeds[group], common) for group in few}
    )


def folds_of_most(folds: Mapping[Hashable, Folds]) -> Folds:
    """Folds that more than half of some groups share: of the commonest so many that the table has most cells.

    >>> folds_of_most({"a": {0, 1, 2}, "b": {0, 1, 2}, "c": {0}}), folds_of_most({"a": {0, 1}, "b": {1}})
    ({0, 1, 2}, {1})
    """
    commonest = [fold for fold, _ in Counter(sorted(chain.from_iterable(folds.values()))).most_common()]
    tables = []
    for count in range(1, len(commonest) + 1):
        groups = [own for own in folds.values() if own.issuperset(commonest[:count])]
        if 2 * len(groups) > len(folds):
            shared = set.intersection(*groups)
            tables.append((len(groups) * len(shared), len(groups), shared))
    return max(tables, key=lambda table: table[:2])[-1] if tables else set()


def lacking_in_words(seeds: Mapping[int, Folds], common: Folds) -> str:
    """What the seeds of a group lack of common folds.

    >>> lacking_in_words({0: {0, 1, 2}, 1: {0}, 2: {0}}, {0, 1, 2})
    'folds 1–2 of seeds 1–2 (--folds any shows the others)'
    """
    found: dict[frozenset[int], list[int]] = {}
    for seed, own in seeds.items():
        if not common <= own:
            found.setdefault(frozenset(common - own), []).append(seed)
    several = len(seeds) > 1
    said = [
        spans_of("fold", sorted(folds)) + (f" of {spans_of('seed', own)}" if several else "")
        for folds, own in found.items()
    ]
    return f"{', '.join(said)} (--folds any shows the others)"
