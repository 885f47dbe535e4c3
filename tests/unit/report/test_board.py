"""What a board says of a method besides its metrics."""

import pytest
from support.run_folders import composed_run

from vsumlab.report.board import boards, direction_taus, hours, identity, in_short, is_plain, last_epochs
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


def test_a_run_is_the_same_by_any_seed_and_selection_but_not_by_other_values(run) -> None:
    def changed(**values: object):
        return run._replace(config=run.config | {name.replace("__", "."): v for name, v in values.items()})

    assert identity(run) == identity(changed(seed=7, fold=2, selection___target_="x.TestOracle"))
    assert identity(run) != identity(changed(method__sparsity=0.1))
    assert identity(run) != identity(changed(setting__name="transfer"))


def test_neither_validation_nor_oracles_nor_failed_runs_are_plain(tmp_path, run) -> None:
    assert is_plain(run)
    composed_run(tmp_path / "a", {"csnet": 0.4}, "method=csnet", "selection=validation")
    composed_run(tmp_path / "b", {"csnet": 0.4}, "method=csnet", "selection=test_oracle")
    assert not any(is_plain(each) for each in find_runs([tmp_path]))
    assert not is_plain(run._replace(record=run.record | {"status": "failed"}))


def test_the_last_epoch_beside_an_oracle_is_one_like_any_other(tmp_path) -> None:
    both, seed = {"csnet": 0.4, "csnet (test oracle)": 0.5}, ("selection=test_oracle", "seed=1")
    composed_run(tmp_path / "oracle", both, "method=csnet", "data=tvsum", *seed)
    (alone,) = boards(find_runs([tmp_path]))
    assert [*alone.comparison.lines.query("kind == 'method'")["scorer"]] == ["csnet"]
    assert alone.comparison.lines["paper_row"].tolist()[0] == "CSNet", "what the paper tests"
    assert "oracle" not in alone.comparison.remark
    assert alone.lines["F1 %: chosen on test"].tolist()[0].startswith("+")

    composed_run(tmp_path / "last", {"csnet": 0.4}, "method=csnet", "data=tvsum", "seed=0")
    (two_seeds,) = boards(find_runs([tmp_path]))
    assert two_seeds.lines["seeds"].tolist() == ["0–1"], "of one method"


def test_an_oracle_adds_no_last_epoch_that_is_there_or_that_it_has_not_kept(tmp_path) -> None:
    composed_run(tmp_path / "last", {"csnet": 0.4}, "method=csnet")
    composed_run(
        tmp_path / "a", {"csnet": 0.4, "csnet (test oracle)": 0.5}, "method=csnet", "selection=test_oracle"
    )
    composed_run(
        tmp_path / "b", {"csnet (test oracle)": 0.5}, "method=csnet", "selection=test_oracle", "seed=1"
    )
    assert [run.folder.name for run in last_epochs(find_runs([tmp_path]))] == ["last"]


def test_a_run_without_a_direction_has_none(run) -> None:
    assert direction_taus([run]) == {}
    assert boards([]) == []
