"""Methods in order, with what each costs, what consensus makes of it, and what choosing on test would add."""

import numpy as np
import pytest
from support.run_folders import composed_run, write_rows

from vsumlab.places import cell_folder
from vsumlab.report.board import boards
from vsumlab.report.leaderboard import leaderboard_tables, leaders_tables
from vsumlab.runs.reading import find_runs


def overrides_of(method: str, *more: str, seed: int = 0) -> tuple[str, ...]:
    return ("data=tvsum", f"method={method}", f"seed={seed}", *more)


def run_of(sweep, method: str, scorers: dict[str, float], *more: str, seed: int = 0, **record: object):
    overrides = overrides_of(method, *more, seed=seed)
    folder = sweep / cell_folder(overrides)
    return composed_run(folder, scorers, *overrides, **record)


def figures(rows, scorer: str, metric: str) -> float:
    """A scorer's mean over videos, then folds."""
    own = [row for row in rows if row.scorer == scorer]
    by_fold = [[getattr(row, metric) for row in own if row.fold == fold] for fold in (0, 1)]
    return float(np.mean([np.mean(values) for values in by_fold]))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two methods without labels, one with; of the first a wrapper and an oracle."""
    tmp_path = tmp_path_factory.mktemp("runs")
    sweep = tmp_path / "leaderboard"
    costs = {"cpu_time_s": 1800.0, "parameters": 1_234_567, "main_scorer": "csnet", "supervised": False}
    for seed in (0, 1):
        run_of(sweep, "csnet", {"csnet": 0.35}, seed=seed, name="leaderboard", **costs)
    run_of(sweep, "csnet_unscaled", {"csnet": 0.2}, main_scorer="csnet", supervised=False)
    run_of(
        sweep,
        "csnet",
        {"csnet_supervised": 0.4},
        "method.supervised=true",
        main_scorer="csnet_supervised",
        supervised=True,
        parameters=10,
        cpu_time_s=36.0,
    )
    run_of(
        sweep,
        "csnet",
        {"csnet": 0.35, "csnet (test oracle)": 0.5},
        "selection=test_oracle",
        main_scorer="csnet",
        supervised=False,
    )
    run_of(  # another method's
        sweep,
        "csnet_unscaled",
        {"csnet": 0.2, "csnet (test oracle)": 0.9},
        "selection=test_oracle",
        main_scorer="csnet",
        supervised=False,
    )
    base = f"method.base='runs/leaderboard/{cell_folder(overrides_of('csnet'))}'"
    run_of(
        tmp_path / "wrapper",
        "consensus",
        {"pseudo-score": 0.3, "direction": 0.45, "consensus": 0.42},
        base,
        main_scorer="consensus",
    )
    return find_runs([tmp_path])


def rows_of(table) -> list[dict[str, str]]:
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


@pytest.fixture(scope="module")
def tables(runs):
    return leaderboard_tables(boards(runs))


def test_methods_with_labels_are_in_a_table_of_their_own(tables) -> None:
    without, labelled, differences = tables
    assert "differences from random" in differences.title
    assert len(differences.rows) == 3 + 2, "the methods, people and their mean"
    assert "without labels" in without.title
    assert "with labels" in labelled.title
    ends = ["random", "human", "gtscore"]
    assert [row["method"] for row in rows_of(without)] == ["csnet", "csnet_unscaled", *ends]
    assert [row["method"] for row in rows_of(labelled)] == ["csnet", *ends]


def test_they_are_in_the_order_of_tau(tables) -> None:
    for table in tables[:2]:
        taus = [float(row["τ"].split()[0]) for row in rows_of(table)[:-3]]
        assert taus == sorted(taus, reverse=True)


def test_what_a_method_costs_is_a_seeds_time_and_its_weights(tables) -> None:
    csnet, unscaled, *_ = rows_of(tables[0])
    assert (csnet["hours"], csnet["parameters"]) == ("0.50", "1.2 M"), "two seeds, half an hour each"
    assert unscaled["hours"] == "(0.02)", "a minute by the clock"
    assert csnet["row in the paper"] == "CSNet"
    assert csnet["seeds"] == "0–1"


def test_the_direction_built_on_a_method_stands_in_its_row(runs, tables) -> None:
    csnet, unscaled, *_ = rows_of(tables[0])
    (wrapper,) = [run for run in runs if run.config.get("method.base")]
    expected = figures(wrapper.rows.itertuples(), "direction", "kendall_tau")
    assert csnet["τ: its direction"] == f"{expected:.3f}"
    assert unscaled["τ: its direction"] == ""


def wrapper_of(folder, direction: float, *more: str, folds: tuple[int, ...] = (0, 1)):
    named = f"method.base='runs/leaderboard/{cell_folder(overrides_of('csnet'))}'"
    scorers = {"pseudo-score": 0.3, "direction": direction, "consensus": 0.3}
    return composed_run(folder, scorers, "method=consensus", "data=tvsum", named, *more, folds=folds)


def direction_shown(tmp_path) -> str:
    table, _ = leaderboard_tables(boards(find_runs([tmp_path])))
    return rows_of(table)[0].get("τ: its direction", "")  # no column where it is empty


def test_a_direction_is_shown_only_of_all_folds_of_the_row(tmp_path) -> None:
    run_of(tmp_path / "leaderboard", "csnet", {"csnet": 0.3}, name="leaderboard", main_scorer="csnet")
    rows = wrapper_of(tmp_path / "w0", 0.4, "fold=0", folds=(0,))
    assert direction_shown(tmp_path) == ""
    rows += wrapper_of(tmp_path / "w1", 0.1, "fold=1", folds=(1,))
    assert direction_shown(tmp_path) == f"{figures(rows, 'direction', 'kendall_tau'):.3f}"
    wrapper_of(tmp_path / "other", 0.9, "method.sharpness=3")
    assert direction_shown(tmp_path) == "", "of two wrappers with different constants neither is it"


def test_a_choice_on_test_adds_what_it_adds_to_the_same_training(runs, tables) -> None:
    oracles = {
        run.config["method_name"]: list(run.rows.itertuples())
        for run in runs
        if run.rows["scorer"].str.contains("oracle").any()
    }
    for row in rows_of(tables[0])[:2]:
        last, oracle = (
            figures(oracles[row["method"]], name, "f1_mean") for name in ("csnet", "csnet (test oracle)")
        )
        assert row["F1 %: chosen on test"] == f"{100 * (oracle - last):+.1f}"


def test_neither_oracles_nor_wrappers_are_methods_of_the_board(runs) -> None:
    (board,) = boards(runs)
    assert [*board.lines["method"]] == ["csnet", "csnet", "csnet_unscaled"]
    assert not any("oracle" in scorer for scorer in board.comparison.lines["scorer"])


def test_the_short_table_has_the_best_of_both_kinds(runs) -> None:
    (table,) = leaders_tables(boards(runs))
    rows = rows_of(table)
    assert [(row["method"], row["labels"]) for row in rows[:-3]] == [
        ("csnet", "no"),
        ("csnet_unscaled", "no"),
        ("csnet", "yes"),
    ]
    assert table.title.endswith("the best 2 without labels and 1 with labels, of 3 by τ")


def test_lines_may_have_different_folds(tmp_path) -> None:
    """A method that takes days has one fold, which is not to take the others' away."""
    composed_run(tmp_path / "a", {"csnet": 0.4}, *overrides_of("csnet"), main_scorer="csnet")
    composed_run(
        tmp_path / "b", {"csnet": 0.3}, *overrides_of("csnet_unscaled"), folds=(0,), main_scorer="csnet"
    )
    table, _ = leaderboard_tables(boards(find_runs([tmp_path])))
    assert [row["folds"] for row in rows_of(table)[:2]] == ["0–1", "0"]


def test_an_unfinished_run_has_its_folds_and_a_smoke_run_is_left_out(tmp_path) -> None:
    composed_run(tmp_path / "a", {"csnet": 0.2}, *overrides_of("csnet"), main_scorer="csnet")
    part = tmp_path / "b" / "fold_1"
    composed_run(part, {"csnet": 0.4}, *overrides_of("csnet_unscaled"), folds=(1,), main_scorer="csnet")
    (part / "config.yaml").replace(part.parent / "config.yaml")
    smoke = overrides_of("ridge", "+trainer.limit_train_batches=2")
    composed_run(tmp_path / "c", {"ridge": 0.5}, *smoke, main_scorer="ridge")
    tables = leaderboard_tables(boards(find_runs([tmp_path])))
    assert [(row["method"], row["folds"]) for row in rows_of(tables[0])[:2]] == [
        ("csnet", "0–1"),
        ("csnet_unscaled", "1"),
    ]
    assert not any(row["method"] == "ridge" for table in tables[:-1] for row in rows_of(table))


def test_what_is_said_under_a_table_is_of_its_own_rows(tmp_path) -> None:
    rows = composed_run(tmp_path / "a", {"csnet": 0.2}, *overrides_of("csnet"), supervised=False)
    write_rows(tmp_path / "a", [row._replace(distinct_scores=0.1) for row in rows])
    composed_run(tmp_path / "b", {"ridge": 0.3}, *overrides_of("ridge"), supervised=True)
    without, labelled, _ = leaderboard_tables(boards(find_runs([tmp_path])))
    assert "Few distinct scores, whose ties move τ: csnet" in without.notes
    assert "Few distinct" not in labelled.notes


def test_methods_of_different_folds_are_not_ranked_together(tmp_path) -> None:
    """Folds have videos of their own, which may be easier."""
    composed_run(tmp_path / "a", {"csnet": 0.2}, *overrides_of("csnet"), main_scorer="csnet")
    composed_run(
        tmp_path / "b", {"csnet": 0.4}, *overrides_of("csnet_unscaled"), folds=(0,), main_scorer="csnet"
    )
    runs = find_runs([tmp_path])
    assert [row["method"] for row in rows_of(leaderboard_tables(boards(runs))[0])[:2]] == [
        "csnet",
        "csnet_unscaled",
    ]
    (leaders,) = leaders_tables(boards(runs))
    assert [row["method"] for row in rows_of(leaders)[:-3]] == ["csnet"]


def test_each_setting_has_a_board_and_runs_of_one_method_are_named(tmp_path) -> None:
    settings = ("setting=canonical", "setting=transfer")
    for number, setting in enumerate(settings):
        composed_run(tmp_path / f"{number}", {"csnet": 0.4}, "method=csnet", "data=demo", setting)
    other = ("method=csnet", "data=demo", "setting=canonical", "method.learning_rate=0.5")
    composed_run(tmp_path / "other", {"csnet": 0.3}, *other)
    canonical, _, transfer, _ = leaderboard_tables(boards(find_runs([tmp_path])))
    assert canonical.title.startswith("demo · canonical")
    assert transfer.title.startswith("demo · transfer")
    names = [row["run"] for row in rows_of(canonical)[:2]]
    assert len({*names}) == 2
    assert all("learning_rate" in name for name in names)
    assert "run" not in transfer.header
    assert [row["method"] for row in rows_of(transfer)] == ["csnet", "random", "human", "gtscore"]


def test_without_runs_there_is_no_board() -> None:
    assert leaderboard_tables([]) == leaders_tables([]) == []


def test_of_a_methods_scorers_the_short_table_has_the_main_one(tmp_path) -> None:
    scorers = {"pseudo-score": 0.45, "direction": 0.5, "consensus": 0.4}
    composed_run(tmp_path, scorers, *overrides_of("consensus"), main_scorer="consensus")
    runs = find_runs([tmp_path])
    scorers_shown = [row.get("scorer", "") for row in rows_of(leaderboard_tables(boards(runs))[0])[:3]]
    assert scorers_shown == ["direction", "pseudo-score", ""]
    (leaders,) = leaders_tables(boards(runs))
    assert [row["method"] for row in rows_of(leaders)] == ["consensus", "random", "human", "gtscore"]
    assert leaders.title.endswith("the best 1 without labels, of 1 by τ")
