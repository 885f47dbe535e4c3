"""Published differences against measured ones, next to scipy's tests over videos and all deals of figures."""

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, permutation_test
from support.run_folders import composed_run, write_rows

from vsumlab.report.board import boards
from vsumlab.report.seen_again import dealt_share, seen_again_tables
from vsumlab.runs.reading import find_runs

F1 = {"vasnet": 61.4, "ca_sum": 61.4, "csnet": 58.8, "dr_dsn_supervised": 58.1, "dr_dsn": 57.6}
"""As published on TVSum; VASNet's with a second digit, which tables do not show."""
TAU = {"vasnet": 0.169, "ca_sum": 0.16, "dr_dsn": 0.0169}
LEVELS = {"vasnet": 0.4, "ca_sum": 0.25, "csnet": 0.2, "dr_dsn_supervised": 0.2, "dr_dsn": 0.3}
TAU_LEVELS = LEVELS | {"vasnet": 0.35, "ca_sum": 0.2}
DIFFERS = {"ca_sum", "dr_dsn_supervised"}
COUNTS = ("seen again", "reversed", "undecided", "fits")


def run_of(folder, method: str, dataset: str = "tvsum", **more):
    """A run whose tau has another level than its F1."""
    rows = composed_run(folder, {method: LEVELS[method]}, f"method={method}", f"data={dataset}", **more)
    shift = TAU_LEVELS[method] - LEVELS[method]
    rows = [
        row._replace(kendall_tau=row.kendall_tau + shift) if row.scorer == method else row for row in rows
    ]
    write_rows(folder, rows)
    return rows


def rows_of(table) -> list[dict[str, str]]:
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def counts(row: dict[str, str]) -> dict[str, int]:
    return {name: int(row[name]) for name in COUNTS}


def by_video(rows, method: str, metric: str) -> np.ndarray:
    return np.array([getattr(row, metric) for row in rows[method] if row.scorer == method])


def outcome(rows, metric: str, higher: str, lower: str) -> str:
    both = [by_video(rows, method, metric) for method in (higher, lower)]
    found = permutation_test(both, lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=1e9)
    if found.pvalue >= 0.05:
        return "undecided"
    return "seen again" if found.statistic > 0 else "reversed"


def fits(rows, metric: str, higher: str, lower: str, apart: float) -> bool:
    difference = by_video(rows, higher, metric) - by_video(rows, lower, metric)
    if np.ptp(difference) < 1e-9:
        return bool(abs(difference[0] - apart) < 1e-9)
    found = bootstrap((difference,), np.mean, method="percentile", rng=np.random.default_rng(1))
    return bool(found.confidence_interval.low <= apart <= found.confidence_interval.high)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """Five methods on TVSum, two of them published with the same F1, and a sixth of no paper."""
    folder = tmp_path_factory.mktemp("runs")
    rows = {method: run_of(folder / method, method) for method in LEVELS}
    composed_run(folder / "rarity", {"rarity": 0.3}, "method=rarity", "data=tvsum")
    return rows, find_runs([folder])


@pytest.fixture(scope="module")
def tables(measured):
    return seen_again_tables(boards(measured[1]))


@pytest.mark.parametrize(
    ("place", "metric", "published", "scale"), [(0, "f1_mean", F1, 100), (1, "kendall_tau", TAU, 1)]
)
def test_each_pair_with_different_figures_counts_as_scipy_decides(
    measured, tables, place, metric, published, scale
) -> None:
    rows, _ = measured
    expected = {method: dict.fromkeys(COUNTS, 0) for method in (*published, "all pairs", "pairs without †")}
    for higher, lower in combinations(published, 2):
        apart = published[higher] - published[lower]
        if apart:
            rest = () if {higher, lower} & DIFFERS else ("pairs without †",)
            for each in (higher, lower, "all pairs", *rest):
                expected[each][outcome(rows, metric, higher, lower)] += 1
                expected[each]["fits"] += fits(rows, metric, higher, lower, apart / scale)
    assert {row["method"]: counts(row) for row in rows_of(tables[place])} == expected
    assert expected["all pairs"]["seen again"], "the case has some"
    assert expected["all pairs"]["reversed"], "the case has some"


def test_the_case_has_pairs_that_are_undecided_and_some_that_fit(tables) -> None:
    total = counts(next(row for row in rows_of(tables[0]) if row["method"] == "all pairs"))
    assert sum(total[name] for name in COUNTS[:3]) == 9, "of ten pairs, one is published with the same figure"
    assert total["undecided"]
    assert total["fits"]


def test_rows_are_in_the_order_of_what_is_published_with_what_was_measured(measured, tables) -> None:
    for table, metric, published, scale, digits in (
        (tables[0], "f1_mean", F1, 100, 1),
        (tables[1], "kendall_tau", TAU, 1, 3),
    ):
        methods = rows_of(table)[: len(published)]
        title = "F1 %" if scale == 100 else "τ"
        assert {row["method"] for row in methods} == {*published}
        assert [float(row[f"paper: {title}"]) for row in methods] == [*published.values()]
        for row in methods:
            own = [each for each in measured[0][row["method"]] if each.scorer == row["method"]]
            by_fold = [
                np.mean([getattr(each, metric) for each in own if each.fold == fold]) for fold in (0, 1)
            ]
            assert row[title] == f"{scale * np.mean(by_fold):.{digits}f}"
        labelled = {row["method"] for row in methods if row.get("labels") == "yes"}
        assert labelled == {"dr_dsn_supervised"} & {*published}
        assert {row["method"] for row in methods if "†" in row["row in the paper"]} == DIFFERS & {*published}


def test_what_is_reversed_is_named_where_it_is_published_as_better(measured, tables) -> None:
    rows, _ = measured
    for row in rows_of(tables[0])[: len(F1)]:
        higher = row["method"]
        lower = [each for each in F1 if F1[each] < F1[higher]]
        expected = [each for each in lower if outcome(rows, "f1_mean", higher, each) == "reversed"]
        assert row["above it here"] == "; ".join(expected)


def test_each_dataset_has_tables_with_its_own_figures(tmp_path) -> None:
    for method in ("vasnet", "csnet", "dr_dsn"):
        run_of(tmp_path / f"{method}_summe", method, "summe")
        run_of(tmp_path / method, method)
    found = {
        table.title.split(" · ")[0]: rows_of(table)
        for table in seen_again_tables(boards(find_runs([tmp_path])))
    }
    assert {*found} == {"summe", "tvsum"}, "by F1; of tau two figures are published"
    published = {name: [row["paper: F1 %"] for row in rows if row["labels"]] for name, rows in found.items()}
    assert published == {"tvsum": ["61.4", "58.8", "57.6"], "summe": ["51.3", "49.7", "41.4"]}


@pytest.mark.parametrize("signs", [(1, 1, 1, 0, 1, -1), (-1, -1, 0, -1, -1, -1), (0, 0, 0, 0, 0, 0)])
def test_the_share_of_deals_is_that_of_all_orders(signs) -> None:
    figures = pd.Series([4.0, 3.0, 3.0, 1.0], index=[7, 5, 2, 9])
    pairs = pd.DataFrame([*combinations(figures.index, 2)], columns=["higher", "lower"]).assign(sign=signs)

    def less_reversed(dealt: tuple[float, ...]) -> float:
        ends = combinations(dealt, 2)
        return sum(np.sign(one - other) * sign for (one, other), sign in zip(ends, signs, strict=True))

    found = less_reversed(tuple(figures))
    expected = np.mean([less_reversed(dealt) >= found for dealt in permutations(figures)])
    assert dealt_share(figures, pairs) == pytest.approx(expected, abs=0.02)


def test_a_method_that_has_not_all_folds_has_no_part(tmp_path) -> None:
    for method in ("vasnet", "csnet", "dr_dsn"):
        run_of(tmp_path / method, method)
    (table,) = seen_again_tables(boards(find_runs([tmp_path])))
    composed_run(tmp_path / "pgl", {"pgl_sum": 0.3}, "method=pgl_sum", "data=tvsum", folds=(0,))
    (same,) = seen_again_tables(boards(find_runs([tmp_path])))
    assert same == table


def test_a_row_without_a_correlation_is_left_out_of_their_table_alone(tmp_path) -> None:
    for method in ("vasnet", "ca_sum", "dr_dsn", "csnet"):
        run_of(tmp_path / method, method)
    rows = composed_run(tmp_path / "pgl_sum", {"pgl_sum": 0.3}, "method=pgl_sum", "data=tvsum")

    def methods() -> list[list[str]]:
        return [
            [row["method"] for row in rows_of(table)]
            for table in seen_again_tables(boards(find_runs([tmp_path])))
        ]

    assert all("pgl_sum" in each for each in methods())
    constant = [row._replace(kendall_tau=np.nan) if row.scorer == "pgl_sum" else row for row in rows]
    write_rows(tmp_path / "pgl_sum", constant)
    f1, tau = methods()
    assert "pgl_sum" in f1
    assert "pgl_sum" not in tau


def test_too_few_figures_or_videos_make_no_table(tmp_path) -> None:
    for method in ("vasnet", "csnet", "dr_dsn"):
        run_of(tmp_path / "few" / method, method, folds=(0,))
        run_of(tmp_path / "all" / method, method)
    assert seen_again_tables([]) == []
    assert seen_again_tables(boards(find_runs([tmp_path / "few"]))) == [], "three videos distinguish nothing"
    two = [tmp_path / "all" / "vasnet", tmp_path / "all" / "csnet"]
    assert seen_again_tables(boards(find_runs(two))) == []
