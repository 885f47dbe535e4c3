"""Runs from their folders: finished, failed, planned, unfinished, and of earlier versions."""

import json

import pandas as pd
import pytest
import yaml
from support.run_folders import composed_run, earlier_run, made_fold, made_run

from vsumlab.config import compose_config, flattened
from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.report.compare import compare
from vsumlab.runs.reading import find_runs, planned_run


def plan(sweep, params: dict[str, str]) -> None:
    """Leaves what Hydra leaves in a sweep's folder."""
    content = {"hydra": {"sweeper": {"params": params}, "overrides": {"task": []}}}
    (sweep / "multirun.yaml").write_text(yaml.safe_dump(content, sort_keys=False))


def names(runs) -> list[str]:
    return [str(run.folder.name) if run.folder else ",".join(run.record["overrides"]) for run in runs]


def test_a_run_is_its_record_its_configuration_and_its_rows(tmp_path) -> None:
    rows = composed_run(tmp_path, {"csnet": 0.4}, "experiment=csnet_canonical", "data=tvsum")
    (run,) = find_runs([tmp_path])
    assert run.done
    assert run.name == "csnet_canonical"
    assert run.config == flattened(compose_config(["experiment=csnet_canonical", "data=tvsum"]))
    pd.testing.assert_frame_equal(run.rows, pd.DataFrame(rows, columns=COLUMNS), check_dtype=False)


def test_runs_are_found_at_any_depth_in_natural_order(tmp_path) -> None:
    for name in ("a/run_10", "a/run_9", "b"):
        made_run(tmp_path / name, {"ours": 0.4})
    assert names(find_runs([tmp_path])) == ["run_9", "run_10", "b"]


def test_a_run_that_is_named_twice_is_there_once(tmp_path) -> None:
    for seed in (0, 1):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed)
    assert names(find_runs([tmp_path / "1", tmp_path])) == ["1", "0"]


def test_a_failed_run_has_no_rows_whatever_lies_there(tmp_path) -> None:
    made_run(tmp_path, {"ours": 0.4}, status="failed", error="no")
    (run,) = find_runs([tmp_path])
    assert not run.done
    assert [*run.rows] == COLUMNS
    assert run.rows.empty
    assert run.traces().curves.empty


def test_finished_folds_of_an_unfinished_run_are_runs_of_a_fold_each(tmp_path) -> None:
    """What an interrupted run has come to can be seen."""
    for fold in (0, 1):
        made_fold(tmp_path / "run", fold, {"ours": 0.4}, overrides=("x=1",))
    (tmp_path / "run" / "fold_2").mkdir()
    runs = find_runs([tmp_path])
    assert names(runs) == ["fold_0", "fold_1"]
    assert [sorted(set(run.rows["fold"])) for run in runs] == [[0], [1]]
    (comparison,) = compare(runs)
    assert comparison.left_out == {"canonical": ()}
    ours = comparison.lines[comparison.lines["scorer"] == "ours"].iloc[0]
    assert (ours["folds"], ours["videos"]) == ((0, 1), 7)


def test_a_failed_run_does_not_hide_its_finished_folds(tmp_path) -> None:
    for fold in (0, 1):
        made_fold(tmp_path / "run", fold, {"ours": 0.4}, overrides=("x=1",))
    made_run(tmp_path / "run", {}, status="failed", error="no", overrides=("x=1",))
    runs = find_runs([tmp_path])
    assert sorted((run.record["status"], len(set(run.rows["fold"]))) for run in runs) == [
        ("done", 1),
        ("done", 1),
        ("failed", 0),
    ]


@pytest.mark.parametrize("override", ["hydra.searchpath=[pkg://canary]", "remark=${oc.env:CANARY}"])
def test_a_failed_run_without_a_configuration_imports_and_shows_nothing(
    override, tmp_path, monkeypatch
) -> None:
    (tmp_path / "canary").mkdir()
    (tmp_path / "canary" / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CANARY", "nobody's to see")
    record = {"status": "failed", "overrides": ["fold=0", override]}
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match="no run folder that can be read") as error:
        find_runs([tmp_path])
    assert "nobody" not in str(error.value)


def test_folds_of_a_finished_run_are_not_runs_as_well(tmp_path) -> None:
    made_fold(tmp_path / "run", 0, {"ours": 0.4})
    made_fold(tmp_path / "run", 1, {"ours": 0.4})
    made_run(tmp_path / "run", {"ours": 0.4})
    assert names(find_runs([tmp_path])) == ["run"]
    assert names(find_runs([tmp_path / "run"])) == ["run"]


def test_a_fold_that_failed_is_a_run_that_failed(tmp_path) -> None:
    made_fold(tmp_path / "run", 0, {"ours": 0.4})
    made_fold(tmp_path / "run", 1, {}, status="failed", error="ValueError: no")
    done, failed = find_runs([tmp_path])
    assert (done.done, failed.done) == (True, False)
    (comparison,) = compare([done, failed])
    ours = comparison.lines[comparison.lines["kind"] == "method"]
    assert [(line["folds"], line["missing"]) for _, line in ours.iterrows()] == [
        ((0,), "1 failed, unfinished")
    ]


def test_a_run_that_failed_by_a_fold_failed_once(tmp_path) -> None:
    made_fold(tmp_path / "run", 0, {"ours": 0.4})
    made_fold(tmp_path / "run", 1, {}, status="failed", error="ValueError: no")
    made_run(tmp_path / "run", {}, status="failed", error="ValueError: no")
    assert sorted(run.record["status"] for run in find_runs([tmp_path])) == ["done", "failed"]


def test_a_sweep_has_its_runs_in_its_order_and_those_it_has_yet_to_make(tmp_path) -> None:
    for divisions in (8, 1):
        overrides = ("seed=0", f"method.divisions={divisions}")
        composed_run(tmp_path / f"{divisions}", {"csnet": 0.4}, "data=tvsum", *overrides)
        file = tmp_path / f"{divisions}" / "run.json"
        record = json.loads(file.read_text()) | {"overrides": list(overrides)}
        file.write_text(json.dumps(record))
    made_run(tmp_path / "wider", {"ours": 0.4}, overrides=("seed=7",))
    plan(tmp_path, {"seed": "0", "method.divisions": "1,2,8"})
    runs = find_runs([tmp_path])
    assert names(runs) == ["1", "seed=0,method.divisions=2", "8", "wider"]
    assert [run.record["status"] for run in runs] == ["done", "not run", "done", "done"]


def test_a_sweeps_run_that_is_named_alone_comes_alone(tmp_path) -> None:
    overrides = ("seed=0", "method.divisions=8")
    composed_run(tmp_path / "8", {"csnet": 0.4}, "data=tvsum", *overrides)
    plan(tmp_path, {"seed": "0", "method.divisions": "1,2,8"})
    assert names(find_runs([tmp_path / "8"])) == ["8"]
    assert len(find_runs([tmp_path])) == 4, "three planned, and one that was asked for otherwise"


def test_a_run_that_is_planned_has_the_configuration_that_it_would_have() -> None:
    run = planned_run(["experiment=csnet_m", "method.divisions=2", "fold=1"])
    assert not run.done
    assert run.name == "csnet_m"
    assert run.config == flattened(compose_config(["experiment=csnet_m", "method.divisions=2", "fold=1"]))
    assert run.rows.empty
    assert run.traces().histograms.empty


def test_a_sweep_without_a_sweeper_is_the_runs_that_are_there(tmp_path) -> None:
    """Once it was a traceback."""
    made_run(tmp_path / "a", {"ours": 0.4})
    (tmp_path / "multirun.yaml").write_text("hydra: {launcher: {n_jobs: 2}}")
    assert names(find_runs([tmp_path])) == ["a"]
    (tmp_path / "multirun.yaml").write_text("a: [1")
    with pytest.raises(UserError, match=r"multirun\.yaml: not as Hydra leaves it"):
        find_runs([tmp_path])


def test_a_run_of_an_earlier_version_is_read(tmp_path) -> None:
    """It has no record a fold, other targets, and lacks entries of today."""
    rows = earlier_run(tmp_path, {"csnet": 0.4})
    (run,) = find_runs([tmp_path])
    assert run.done
    assert len(run.rows) == len(rows)
    assert run.config["method_name"] == "csnet_unscaled"
    assert run.config["callbacks.figures._target_"] == "vsumlab.callbacks.plots.VideoPlots"
    assert run.traces().curves["train/score_variance"].tolist() == [0.01, 0.02] * 2
    (comparison,) = compare([run])
    ours = comparison.lines[comparison.lines["scorer"] == "csnet"].iloc[0]
    assert (ours["paper_row"], ours["paper_f1"], ours["folds"]) == ("CSNet", 58.8, (0, 1))


def test_a_run_without_what_a_report_needs_is_named(tmp_path) -> None:
    made_run(tmp_path / "old", {"ours": 0.4}, setting="canonical")
    record = json.loads((tmp_path / "old" / "run.json").read_text())
    del record["dataset"]
    (tmp_path / "old" / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"run\.json has no dataset"):
        find_runs([tmp_path])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.yaml", "a: [1"),
        ("config.yaml", "fold: 0"),
        ("run.json", "[]"),
        ("run.json", "{"),
        ("run.json", '{"status": "failed"}'),
        ("videos.csv", "nonsense\n1\n"),
        ("videos.csv", ""),
    ],
)
def test_a_run_folder_with_something_else_is_named(tmp_path, file, content) -> None:
    made_run(tmp_path / "bad", {"ours": 0.4})
    (tmp_path / "bad" / file).write_text(content)
    with pytest.raises(UserError, match="bad"):
        find_runs([tmp_path])


@pytest.mark.parametrize("file", ["videos.csv", "config.yaml"])
def test_a_damaged_run_folder_is_named(tmp_path, file) -> None:
    made_run(tmp_path / "bad", {"ours": 0.4})
    (tmp_path / "bad" / file).unlink()
    with pytest.raises(UserError, match="bad"):
        find_runs([tmp_path])


def test_where_there_is_no_run_one_is_asked_for(tmp_path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        find_runs([tmp_path / "missing"])
    with pytest.raises(UserError, match=r"no run\.json in there"):
        find_runs([tmp_path])


def test_earlier_versions_did_not_count_distinct_scores(tmp_path) -> None:
    made_run(tmp_path, {"ours": 0.4})
    rows = pd.read_csv(tmp_path / "videos.csv").drop(columns="distinct_scores")
    rows.to_csv(tmp_path / "videos.csv", index=False)
    (run,) = find_runs([tmp_path])
    assert [*run.rows] == COLUMNS
    assert run.rows["distinct_scores"].isna().all()


def test_a_repetition_is_no_run_of_its_sweep_and_one_where_it_is_named(tmp_path) -> None:
    """Once one that came out differently made the report of the whole sweep fail."""
    plan(tmp_path, {"seed": "0,1"})
    for name, value in (
        ("seed=0", 0.4),
        ("seed=0/repeated", 0.5),
        ("seed=0/repeated_2", 0.4),
        ("seed=1", 0.4),
    ):
        made_run(tmp_path / name, {"ours": value}, overrides=(f"seed={name[5]}",), started=name)
    made_fold(tmp_path / "seed=0" / "repeated_3", 0, {"ours": 0.7}, overrides=("seed=0",))
    assert names(find_runs([tmp_path])) == ["seed=0", "seed=1"]
    assert names(find_runs([tmp_path / "seed=0" / "repeated"])) == ["repeated"]
    assert len(find_runs([tmp_path / "seed=0" / "repeated_3"])) == 1


def test_an_experiment_may_be_called_repeated(tmp_path) -> None:
    made_run(tmp_path / "repeated" / "time", {"ours": 0.4})
    assert len(find_runs([tmp_path])) == 1
