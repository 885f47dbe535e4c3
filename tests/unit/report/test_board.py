"""What a board says of a method besides its metrics."""

import numpy as np
import pytest
from support.run_folders import composed_run

from vsumlab.report.board import boards, direction_taus, hours, in_short, of_last_epoch
from vsumlab.runs.reading import find_runs


@pytest.mark.parametrize(("seconds", "seeds", "expected"), [(3600, 1, "1.00"), (900, 2, "0.25")])
def test_hours_are_a_seeds(run, seconds, seeds, expected) -> None:
    runs = [
        run._replace(record=run.record | {"seed": seed, "cpu_time_s": seconds, "wall_time_s": 5})
        for seed in range(seeds)
    ]
    assert hours(runs) == expected


def test_folds_that_are_runs_of_their_own_add_up(run) -> None:
    folds = [run._replace(record=run.record | {"fold": fold, "cpu_time_s": 360}) for fold in range(5)]
    assert hours(folds) == "0.50"


def test_by_the_clock_where_one_has_no_time_on_the_cpu(run) -> None:
    timed = run._replace(record=run.record | {"cpu_time_s": 3600, "wall_time_s": 7200})
    assert hours([timed, timed._replace(record=run.record | {"wall_time_s": 7200})]) == "(4.00)"


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (999, "999"), (1000, "1 k"), (2_350_000, "2.4 M")])
def test_numbers_of_weights_are_short(count, text) -> None:
    assert in_short(count) == text


ORACLE = ("method=csnet", "data=tvsum", "selection=test_oracle")
BOTH = {"csnet": 0.4, "csnet (test oracle)": 0.5}


def test_an_oracles_last_epoch_is_a_line_and_its_choice_what_it_adds_to_that(tmp_path) -> None:
    for seed in (1, 2):
        composed_run(tmp_path / f"oracle_{seed}", BOTH, *ORACLE, f"seed={seed}")
    oracles = find_runs([tmp_path])
    composed_run(tmp_path / "last", {"csnet": 0.2}, "method=csnet", "data=tvsum", "seed=0")
    (board,) = boards(find_runs([tmp_path]))
    assert board.lines["seeds"].tolist() == ["0–2"], "of one method"
    assert board.lines["row in the paper"].tolist() == ["CSNet"]
    assert not board.comparison.lines["scorer"].str.contains("oracle").any()
    assert "oracle" not in board.comparison.said
    added = []
    for run in oracles:
        means = run.rows.groupby(["scorer", "fold"])["f1_mean"].mean().groupby("scorer").mean()
        added.append(means["csnet (test oracle)"] - means["csnet"])
    assert board.lines["F1 %: chosen on test"].tolist() == [f"{100 * np.mean(added):+.1f}"]


def test_a_method_without_an_oracle_gains_nothing_that_is_known(tmp_path) -> None:
    composed_run(tmp_path / "a", BOTH, *ORACLE)
    composed_run(tmp_path / "b", {"csnet": 0.2}, "method=csnet_unscaled", "data=tvsum")
    (board,) = boards(find_runs([tmp_path]))
    gains = dict(zip(board.lines["method"], board.lines["F1 %: chosen on test"], strict=True))
    assert gains["csnet"].startswith("+")
    assert gains["csnet_unscaled"] == ""


def test_neither_validation_nor_what_is_built_on_another_nor_failed_runs_are_of_the_last_epoch(
    tmp_path, run
) -> None:
    for name, expected in (("last", True), ("test_oracle", True), ("validation", False)):
        composed_run(tmp_path / name, {"csnet": 0.4}, "method=csnet", f"selection={name}")
        (found,) = find_runs([tmp_path / name])
        assert of_last_epoch(found) == expected
    assert not of_last_epoch(run._replace(record=run.record | {"status": "failed"}))
    assert not of_last_epoch(run._replace(config=run.config | {"method.base": "runs/another"}))


def test_a_run_without_a_direction_has_none(run) -> None:
    assert direction_taus([run]) == {}
    assert boards([]) == []
