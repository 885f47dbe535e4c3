"""A test oracle's run is its last epoch, as any run, and the epochs that were chosen."""

import pandas as pd
import pytest
from support.run_folders import composed_run, made_run

from vsumlab.core.metric_names import METRICS
from vsumlab.report.compare import compare
from vsumlab.report.findings import findings
from vsumlab.report.oracles import apart, gains, identity, is_last, is_oracle, trainings
from vsumlab.runs.reading import Run, find_runs

ORACLE = ("method=csnet", "data=tvsum", "selection=test_oracle")
BOTH = {"csnet": 0.4, "csnet (test oracle)": 0.5}


@pytest.fixture
def run(tmp_path) -> Run:
    """Of the last epoch alone."""
    composed_run(tmp_path / "run", {"csnet": 0.4}, "method=csnet", "data=tvsum")
    return find_runs([tmp_path / "run"])[0]


def scorers(run: Run) -> set[str]:
    return {*run.rows["scorer"]} - {"random", "human", "gtscore"}


def test_a_run_is_the_same_by_any_seed_and_selection_but_not_by_other_values(run) -> None:
    def changed(**values: object):
        return run._replace(config=run.config | {name.replace("__", "."): v for name, v in values.items()})

    assert identity(run) == identity(changed(seed=7, fold=2, selection___target_="x.TestOracle"))
    assert identity(run) != identity(changed(method__sparsity=0.1))
    assert identity(run) != identity(changed(setting__name="transfer"))


def test_only_finished_runs_are_of_their_last_epoch_or_oracles(tmp_path, run) -> None:
    assert is_last(run)
    assert not is_oracle(run)
    for name in ("validation", "test_oracle"):
        composed_run(tmp_path / name, {"csnet": 0.4}, "method=csnet", f"selection={name}")
    validation, oracle = (find_runs([tmp_path / name])[0] for name in ("validation", "test_oracle"))
    assert not is_last(validation)
    assert not is_oracle(validation)
    assert is_oracle(oracle)
    for each in (run, oracle):
        failed = each._replace(record=each.record | {"status": "failed"})
        assert not is_last(failed)
        assert not is_oracle(failed)


def test_the_parts_have_all_rows_once_and_the_first_is_as_a_run_of_the_last_epoch(tmp_path, run) -> None:
    composed_run(tmp_path / "oracle", BOTH, *ORACLE, "seed=1")
    whole = find_runs([tmp_path / "oracle"])[0]
    last, chosen = apart([whole])
    assert is_last(last)
    assert last.config == run.config | {"seed": 1}
    assert scorers(last) == {"csnet"}
    assert scorers(chosen) == {"csnet (test oracle)"}
    of_methods = pd.concat([last.rows, chosen.rows]).query("scorer not in ('random', 'human', 'gtscore')")
    assert len(of_methods) == len(whole.rows[whole.rows["scorer"].isin(BOTH)])
    again = [scorers(part) for part in apart([last, chosen])]
    assert again == [scorers(last), scorers(chosen)], "once and for all"


def test_a_last_epoch_that_is_there_is_left_out_fold_by_fold(tmp_path, run) -> None:
    composed_run(tmp_path / "oracle", BOTH, *ORACLE)
    oracle = find_runs([tmp_path / "oracle"])[0]
    folds = {fold for _, _, fold in trainings(run)}
    assert len(folds) > 1
    assert [scorers(part) for part in apart([oracle, run])] == [{"csnet (test oracle)"}, {"csnet"}]
    known = run._replace(rows=run.rows[run.rows["fold"] == min(folds)])
    last, chosen, _ = apart([oracle, known])
    assert {fold for _, _, fold in trainings(last)} == folds - {min(folds)}
    assert {fold for _, _, fold in trainings(chosen)} == folds
    other_seed = run._replace(record=run.record | {"seed": 7})
    assert {fold for _, _, fold in trainings(apart([oracle, other_seed])[0])} == folds


@pytest.mark.parametrize("only", [{"csnet": 0.4}, {"csnet (test oracle)": 0.4}])
def test_an_oracle_of_what_is_not_trained_or_of_an_earlier_version_has_one_part(tmp_path, only) -> None:
    composed_run(tmp_path / "oracle", only, *ORACLE)
    (part,) = apart(find_runs([tmp_path / "oracle"]))
    assert is_last(part) == ("csnet" in only)
    assert len(gains(find_runs([tmp_path / "oracle"])[0])) == 0


def test_what_a_choice_adds_is_the_difference_of_each_video(tmp_path) -> None:
    composed_run(tmp_path / "oracle", BOTH, *ORACLE, "seed=3")
    (run,) = find_runs([tmp_path / "oracle"])
    added = gains(run)
    assert set(added["scorer"]) == {"csnet"}
    assert set(added["seed"]) == {3}
    assert len(added) == (run.rows["scorer"] == "csnet").sum()
    for row in added.to_dict("records"):
        of_video = run.rows[(run.rows["fold"] == row["fold"]) & (run.rows["video"] == row["video"])]
        last, best = (of_video[of_video["scorer"] == name].iloc[0] for name in BOTH)
        for metric in METRICS:
            assert row[metric] == pytest.approx(best[metric] - last[metric])


def test_one_training_is_one_row_and_one_finding_however_it_was_run(tmp_path) -> None:
    """And its oracle is none."""
    composed_run(tmp_path / "oracle", BOTH, *ORACLE)
    alone = compare(find_runs([tmp_path]))[0]
    composed_run(tmp_path / "last", {"csnet": 0.4}, "method=csnet", "data=tvsum")
    together = compare(find_runs([tmp_path]))[0]
    for comparison in (alone, together):
        own = comparison.lines[comparison.lines["kind"] == "method"]
        assert own["scorer"].tolist() == ["csnet", "csnet (test oracle)"]
        assert own["paper_row"].tolist() == ["CSNet", ""]
        assert "rows marked (test oracle): epochs chosen on test videos, no result" in comparison.remark
        said = " ".join(findings(comparison))
        assert "oracle" not in said.replace("selection=test_oracle", "")


def test_runs_without_a_selection_stay_as_they_are(tmp_path) -> None:
    """As those of scores from elsewhere."""
    made_run(tmp_path / "theirs", {"theirs": 0.4})
    (run,) = find_runs([tmp_path])
    (same,) = apart([run])
    assert same is run
