"""What a board says of a method besides its metrics."""

import numpy as np
import pytest
from support.run_folders import composed_run

from vsumlab.report.board import boards, direction_taus, hours, in_short
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


def test_an_oracles_last_epoch_is_a_line_and_its_choice_what_it_adds_to_that(tmp_path) -> None:
    """Other runs of the same training may have come out otherwise."""
    both = {"csnet": 0.4, "csnet (test oracle)": 0.5}
    for seed in (1, 2):
        overrides = ("method=csnet", "data=tvsum", "selection=test_oracle", f"seed={seed}")
        composed_run(tmp_path / f"oracle_{seed}", both, *overrides)
    composed_run(tmp_path / "last", {"csnet": 0.2}, "method=csnet", "data=tvsum", "seed=1")
    runs = find_runs([tmp_path])
    (board,) = boards(runs)
    assert board.lines["seeds"].tolist() == ["1–2"], "of one method"
    assert board.lines["row in the paper"].tolist() == ["CSNet"]
    assert "oracle" not in board.comparison.remark
    added = []
    for run in runs:
        means = run.rows.groupby(["scorer", "fold"])["f1_mean"].mean().groupby("scorer").mean()
        if "csnet (test oracle)" in means:
            added.append(means["csnet (test oracle)"] - means["csnet"])
    assert board.lines["F1 %: chosen on test"].tolist() == [f"{100 * np.mean(added):+.1f}"]


def test_a_run_without_a_direction_has_none(run) -> None:
    assert direction_taus([run]) == {}
    assert boards([]) == []
