"""Published differences against measured ones, next to scipy's permutation test over videos."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import permutation_test, spearmanr
from support.run_folders import composed_run

from vsumlab.report.seen_again import seen_again_tables
from vsumlab.runs.reading import find_runs

PUBLISHED = {"vasnet": 61.4, "ca_sum": 61.4, "csnet": 58.8, "dr_dsn_supervised": 58.1, "dr_dsn": 57.6}
LEVELS = {"vasnet": 0.4, "ca_sum": 0.25, "csnet": 0.2, "dr_dsn_supervised": 0.2, "dr_dsn": 0.3}
SUMS = ("all pairs", "the half")


def rows_of(table) -> list[dict[str, str]]:
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def counts(row: dict[str, str]) -> tuple[int, int, int]:
    return int(row["seen again"]), int(row["reversed"]), int(row["not distinguishable"])


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Five methods on TVSum, two of them published with the same F1: their rows, and all runs."""
    folder = tmp_path_factory.mktemp("runs")
    rows = {
        method: composed_run(folder / method, {method: level}, f"method={method}", "data=tvsum")
        for method, level in LEVELS.items()
    }
    return rows, find_runs([folder])


@pytest.fixture(scope="module")
def tables(measured):
    return seen_again_tables(measured[1])


def outcome(rows, higher: str, lower: str) -> str:
    by_video = [
        np.array([row.f1_mean for row in rows[method] if row.scorer == method]) for method in (higher, lower)
    ]
    found = permutation_test(
        by_video, lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
    )
    if found.pvalue >= 0.05:
        return "not distinguishable"
    return "seen again" if found.statistic > 0 else "reversed"


def test_each_pair_with_different_published_figures_counts_as_scipy_tells_it_apart(measured, tables) -> None:
    rows, _ = measured
    expected = {method: {"seen again": 0, "reversed": 0, "not distinguishable": 0} for method in PUBLISHED}
    total = {"seen again": 0, "reversed": 0, "not distinguishable": 0}
    for higher, lower in combinations(PUBLISHED, 2):
        if PUBLISHED[higher] > PUBLISHED[lower]:
            found = outcome(rows, higher, lower)
            for each in (expected[higher], expected[lower], total):
                each[found] += 1
    assert all(total.values()), "the case has all three"
    f1, _ = tables
    for row in rows_of(f1)[:-2]:
        assert counts(row) == tuple(expected[row["method"]].values()), row["method"]
    assert counts(rows_of(f1)[-2]) == tuple(total.values())
    assert sum(total.values()) == 9, "of ten pairs, one is published with the same figure"


def test_rows_are_in_the_order_of_what_is_published(tables) -> None:
    f1, _ = tables
    methods = rows_of(f1)[:-2]
    assert [row["method"] for row in methods] == [*PUBLISHED]
    assert [float(row["paper: F1 %"]) for row in methods] == [*PUBLISHED.values()]


def test_the_half_that_is_published_furthest_apart_is_counted_again(measured, tables) -> None:
    rows, _ = measured
    pairs = [pair for pair in combinations(PUBLISHED, 2) if PUBLISHED[pair[0]] > PUBLISHED[pair[1]]]
    apart = [PUBLISHED[higher] - PUBLISHED[lower] for higher, lower in pairs]
    far = [pair for pair, by in zip(pairs, apart, strict=True) if by >= np.median(apart)]
    found = [outcome(rows, *pair) for pair in far]
    last = rows_of(tables[0])[-1]
    assert last["method"].startswith("the half furthest apart, by 2.6 or more")
    assert counts(last) == tuple(
        found.count(each) for each in ("seen again", "reversed", "not distinguishable")
    )


def test_its_notes_have_the_correlation_and_what_chance_would_do(measured, tables) -> None:
    means = []
    for method in PUBLISHED:
        own = [row for row in measured[0][method] if row.scorer == method]
        by_fold = [np.mean([row.f1_mean for row in own if row.fold == fold]) for fold in (0, 1)]
        means.append(np.mean(by_fold))
    expected = spearmanr([*PUBLISHED.values()], means).statistic
    assert f"measured figures: {expected:.2f}, of 5 rows" in tables[0].notes
    assert "of 9 pairs chance alone would distinguish about 0." in tables[0].notes


def test_a_method_that_has_not_all_folds_or_too_few_figures_have_no_part(tmp_path) -> None:
    for method in ("vasnet", "csnet", "dr_dsn"):
        composed_run(tmp_path / method, {method: LEVELS[method]}, f"method={method}", "data=tvsum")
    composed_run(tmp_path / "rarity", {"rarity": 0.3}, "method=rarity", "data=tvsum")  # of no paper
    (table,) = seen_again_tables(find_runs([tmp_path]))
    assert len(table.rows) == 3 + len(SUMS)
    two = [tmp_path / "vasnet", tmp_path / "csnet", tmp_path / "rarity"]
    assert seen_again_tables(find_runs(two)) == []
    composed_run(tmp_path / "pgl", {"pgl_sum": 0.3}, "method=pgl_sum", "data=tvsum", folds=(0,))
    (same,) = seen_again_tables(find_runs([tmp_path]))
    assert same.rows == table.rows


def test_correlations_have_a_table_of_their_own(tables) -> None:
    _, tau = tables
    assert tau.title.endswith("published differences in τ")
    assert [row["method"] for row in rows_of(tau)[:-2]] == ["vasnet", "ca_sum", "dr_dsn"]


def test_of_nothing_there_is_no_table() -> None:
    assert seen_again_tables([]) == []
