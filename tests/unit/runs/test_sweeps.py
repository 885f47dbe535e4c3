"""What a sweep is to run, and which of its runs failed, by what stands in its folder."""

import json
from itertools import product
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf
from support import PROJECT

from vsumlab.config import changed, compose_config
from vsumlab.errors import UserError
from vsumlab.run import run_cell
from vsumlab.runs.folder import write_record
from vsumlab.runs.run_record import keep_configuration
from vsumlab.runs.sweeps import check_folders, failed_runs, planned_runs


def left_by_hydra(sweep: Path, params: dict | None = None, task: tuple[str, ...] = ()) -> None:
    """Leaves a `multirun.yaml` in a sweep's folder."""
    sweep.mkdir(parents=True, exist_ok=True)
    content = {"hydra": {"sweeper": {"params": params}, "overrides": {"task": list(task)}}}
    (sweep / "multirun.yaml").write_text(yaml.safe_dump(content, sort_keys=False))


def test_all_combinations_are_planned_the_last_one_changing_first(tmp_path) -> None:
    left_by_hydra(tmp_path, {"seed": "0,1", "fold": "range(0,3)"}, ("experiment=x", "method.rate=0.1,0.2"))
    expected = [
        [f"seed={seed}", f"fold={fold}", "experiment=x", f"method.rate={rate}"]
        for seed, fold, rate in product((0, 1), (0, 1, 2), (0.1, 0.2))
    ]
    assert planned_runs(tmp_path) == expected


def test_what_the_command_line_says_is_in_place_of_what_the_file_says(tmp_path) -> None:
    left_by_hydra(tmp_path, {"seed": "0,1"}, ("seed=7", "fold=0"))
    assert [sorted(run) for run in planned_runs(tmp_path)] == [["fold=0", "seed=7"]]


def test_a_glob_stands_for_the_files_of_a_group(tmp_path) -> None:
    left_by_hydra(tmp_path, task=("selection=glob(*)",))
    there = sorted(file.stem for file in (PROJECT / "conf" / "selection").glob("*.yaml"))
    assert planned_runs(tmp_path) == [[f"selection={name}"] for name in there]


@pytest.mark.parametrize(
    "values", ["threads=1,2", "data.file=a/v.h5,b/v.h5", "trainer.accelerator=cpu,gpu", "paths.data=a,b"]
)
def test_two_runs_of_one_folder_are_refused_by_what_tells_them_apart(tmp_path, values) -> None:
    left_by_hydra(tmp_path, {"seed": "0,1"}, (values, "fold=0"))
    name, _, both = values.partition("=")
    first, second = both.split(",")
    with pytest.raises(UserError, match=f"^{name}={first} {name}={second}: make no two runs"):
        check_folders(planned_runs(tmp_path))


@pytest.mark.parametrize("values", ["trainer=cpu,gpu", "data.file=a/v.h5,b/w.h5", "fold=0,1", "fold=0,0"])
def test_runs_of_folders_of_their_own_are_let_through(tmp_path, values) -> None:
    left_by_hydra(tmp_path, {"seed": "0,1"}, (values, "threads=2"))
    check_folders(planned_runs(tmp_path))


@pytest.mark.parametrize("task", ["method.rate=interval(0,1)", "method.rate=tag(log,interval(0.1,1))"])
def test_a_sweeper_that_chooses_as_it_goes_plans_nothing(tmp_path, task) -> None:
    left_by_hydra(tmp_path, task=(task,))
    assert planned_runs(tmp_path) == []


@pytest.mark.parametrize("content", ["", "hydra: {launcher: {n_jobs: 2}}", "hydra: {sweeper: null}", "a: 1"])
def test_a_file_without_a_sweeper_plans_nothing(tmp_path, content) -> None:
    """Once it was a traceback."""
    (tmp_path / "multirun.yaml").write_text(content)
    assert planned_runs(tmp_path) == []
    assert failed_runs(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"hydra: {sweeper: {params: [1, 2]}}",
        b"hydra: {sweeper: {params: null}, overrides: {task: ['x=[']}}",
        b"[1, 2]",
        b"a: [1",
        b"\xff\xfe\xfa",
    ],
)
def test_a_broken_file_is_one_line(tmp_path, content) -> None:
    """Once it was a traceback."""
    (tmp_path / "multirun.yaml").write_bytes(content)
    with pytest.raises(
        UserError, match=r"multirun\.yaml: not as Hydra leaves it \(.+\): move it away"
    ) as error:
        planned_runs(tmp_path)
    assert "\n" not in str(error.value)


def left_by_run(sweep: Path, status: str, *overrides: str) -> Path:
    folder = sweep / ",".join(overrides)
    folder.mkdir(parents=True)
    write_record(folder / "run.json", {"status": status, "overrides": list(overrides)})
    return folder


def test_those_failed_that_were_planned_and_say_so(tmp_path) -> None:
    """A sweep that was wider before has failures of its own in the same folder: not those of this command."""
    left_by_hydra(tmp_path, {"seed": "0,1,2"}, ("fold=0",))
    failed = [left_by_run(tmp_path, "failed", f"seed={seed}", "fold=0") for seed in (0, 2)]
    left_by_run(tmp_path, "done", "seed=1", "fold=0")
    left_by_run(tmp_path, "failed", "seed=9", "fold=0")
    (tmp_path / "unfinished").mkdir()
    assert failed_runs(tmp_path) == failed


def test_where_nothing_is_planned_all_failures_count(tmp_path) -> None:
    (tmp_path / "multirun.yaml").write_text("hydra: {launcher: {n_jobs: 2}}")
    failed = left_by_run(tmp_path, "failed", "seed=0")
    left_by_run(tmp_path, "done", "seed=1")
    assert failed_runs(tmp_path) == [failed]


def test_a_process_that_comes_when_a_run_has_just_finished_finds_it_done(tmp_path, capsys) -> None:
    """Once it reported the run as failed, and the sweep ended with exit code 2."""
    run = tmp_path / "seed=0"
    config = changed(compose_config(["data=demo", "seed=0"]), paths__run=str(run), paths__data=str(tmp_path))
    keep_configuration(run, config)
    write_record(run / "run.json", {"status": "done", "overrides": ["seed=0"], "metrics": {}})
    left_by_hydra(tmp_path, {"seed": "0"})
    assert run_cell(config, run) is None
    assert json.loads((run / "run.json").read_text())["status"] == "done"
    assert failed_runs(tmp_path) == []
    assert "failed" not in capsys.readouterr().err


def test_a_run_that_fails_says_so_in_its_folder(tmp_path, capsys) -> None:
    run = tmp_path / "seed=0"
    config = changed(compose_config(["data=tvsum", "seed=0"]), paths__run=str(run), paths__data=str(tmp_path))
    run.mkdir()
    assert run_cell(config, run) is None
    assert json.loads((run / "run.json").read_text())["status"] == "failed"
    assert capsys.readouterr().err.startswith("vsumlab: seed=0: tvsum: no feature file")


@pytest.mark.parametrize(("sparsity", "refused"), [("0.5", False), ("0.9", True)])
def test_a_finished_run_of_another_configuration_is_none_of_the_sweeps(tmp_path, sparsity, refused) -> None:
    """As where a default has changed since: the sweep did not make the run that it was asked for."""
    run = tmp_path / "seed=0"
    keep_configuration(run, compose_config(["data=tvsum", "seed=0"]))
    write_record(run / "run.json", {"status": "done", "overrides": ["seed=0"], "metrics": {}})
    asked = compose_config(["data=tvsum", "seed=0", f"method.sparsity={sparsity}"])
    (run / ".hydra").mkdir()
    (run / ".hydra" / "config.yaml").write_text(OmegaConf.to_yaml(asked))
    (run / ".hydra" / "overrides.yaml").write_text("- seed=0\n")
    left_by_hydra(tmp_path, {"seed": "0"})
    assert failed_runs(tmp_path) == [run] * refused
    left_by_hydra(tmp_path, {"seed": "1"})
    assert failed_runs(tmp_path) == [], "another command's"


def test_a_record_that_no_run_wrote_is_no_failure_and_no_traceback(tmp_path) -> None:
    (tmp_path / "multirun.yaml").write_text("hydra: {launcher: {n_jobs: 2}}")
    (tmp_path / "0").mkdir()
    (tmp_path / "0" / "run.json").write_text("{")
    assert failed_runs(tmp_path) == []
