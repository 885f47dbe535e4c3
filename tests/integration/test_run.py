"""The command line of `vsumlab.run`: sweeps, errors, and what only a process of its own can show."""

import logging
import multiprocessing
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from filelock import FileLock
from hydra import compose, initialize_config_dir
from hydra._internal.core_plugins import basic_launcher
from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.errors import MissingConfigException
from omegaconf import OmegaConf
from support.runs import (
    SMALL,
    cell,
    lines,
    module,
    process,
    record,
    rows,
    same_results,
    scored,
    started,
    table,
)

import vsumlab.job
import vsumlab.train
from vsumlab.config import compose_config, find_conf
from vsumlab.errors import UserError
from vsumlab.help.parameters import shown
from vsumlab.runs.claim import claim_file
from vsumlab.runs.fold_record import write_failure
from vsumlab.runs.hydra_callback import RunFolder, find_unfinished
from vsumlab.runs.reading import find_runs
from vsumlab.runs.record import Origin


def test_help_names_what_there_is(capsys, command) -> None:
    assert command("--help") == 0
    text = capsys.readouterr().out
    groups = [folder for folder in find_conf().iterdir() if folder.is_dir() and folder.name != "hydra"]
    assert len(groups) > 5
    for folder in groups:
        (section,) = re.findall(rf"^{folder.name}=\n((?:  .*\n)+)", text, re.MULTILINE)
        for file in folder.glob("*.yaml"):
            assert re.search(rf"^  {file.stem}  ", section, re.MULTILINE), file
    assert "vsumlab run experiment=" in text
    assert text.count("$") == text.count("${"), "of interpolations alone"


@pytest.mark.parametrize("choice", ["method=contrastive_paper", "experiment=consensus", "data=tvsum"])
def test_help_explains_the_parameters_of_the_method_that_is_chosen(capsys, command, choice) -> None:
    assert command("--help", choice) == 0
    text = capsys.readouterr().out
    before_yaml, _, _ = text.partition("All that can be changed")
    assert max(map(len, before_yaml.splitlines())) <= 80
    config = compose_config([choice])
    assert f"What can be changed of method={config.method_name}, with its default:" in text
    explained = re.findall(r"^  method\.(\w+)=(.*)\n      \w", text, re.MULTILINE)
    values = OmegaConf.to_container(config.method)
    assert isinstance(values, dict)
    assert explained == [(key, shown(value)) for key, value in values.items() if key != "_target_"]


def test_help_lists_and_explains_a_method_of_ones_own(capsys, command, tmp_path, monkeypatch) -> None:
    own = tmp_path / "own" / "method" / "mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("# Mine, for $5.\n_target_: made_up_mine.Mine\nrate: 1\n", encoding="utf-8")
    source = 'class Mine:\n    """Mine.\n\n    Args:\n        rate: How fast.\n    """\n'
    (tmp_path / "made_up_mine.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert command("--config-dir", str(tmp_path / "own"), "--help", "method=mine") == 0
    text = capsys.readouterr().out
    assert re.search(r"^  mine +Mine, for \$5\.$", text, re.MULTILINE)
    assert "\n  method.rate=1\n      How fast.\n" in text


def test_a_command_leaves_what_python_leaves_and_what_hydra_adds(command, tiny, tmp_path) -> None:
    assert command(*tiny, "fold=0", "method.divisions=2") == 0
    (run,) = tmp_path.glob("runs/csnet_canonical/*")
    for name in ("table.txt", "videos.csv", "scores.h5", "config.yaml", "run.json", "run.log", ".hydra"):
        assert (run / name).exists()
    assert "method.divisions=2" in record(run)["overrides"]
    asked = OmegaConf.to_container(OmegaConf.load(run / ".hydra" / "overrides.yaml"))
    assert record(run)["overrides"] == asked
    assert "method.divisions=2" in table(run), "the table says what was changed"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("+method.x=2",), "unexpected keyword argument 'x': leave out what it does not take"),
        (("name=${x}",), "Interpolation key 'x' not found"),
        (("-m", "threads=1,2"), "threads=1 threads=2: make no two runs of a sweep"),
    ],
)
def test_what_cannot_be_run_is_one_line_and_leaves_no_folder(
    command, tiny, tmp_path, capsys, words, said
) -> None:
    assert command(*words, *tiny, "fold=0") == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_a_sweep_over_folds_makes_a_run_a_fold(command, tiny, tmp_path) -> None:
    assert command("-m", *tiny, "fold=0,3", "hydra.sweep.dir=sweep") == 0
    assert [fold for fold, _ in scored(cell(tmp_path / "sweep", "fold=0"))] == ["0", "0"]
    assert [fold for fold, _ in scored(cell(tmp_path / "sweep", "fold=3"))] == ["3", "3"]


def test_a_sweep_goes_on_where_its_data_lie_in_another_folder(command, tiny_file, tmp_path, capsys) -> None:
    """As on another machine; a file of the same name with another content is not taken for it."""
    for place, file in (("here", "videos.h5"), ("there", "videos.h5"), ("there", "others.h5")):
        (tmp_path / place).mkdir(exist_ok=True)
        shutil.copy(tiny_file, tmp_path / place / file)

    def sweep(file: str, folds: str) -> int:
        capsys.readouterr()
        return command(
            "-m", *SMALL, "data=tvsum", f"data.file={file}", f"fold={folds}", "hydra.sweep.dir=sweep"
        )

    assert sweep("here/videos.h5", "0") == 0
    (done,) = (tmp_path / "sweep").glob("*/run.json")
    own = "data.file=videos.h5,data=tvsum,debug=smoke,fold=0,method.hidden_size=8,random_draws=5"
    assert done.parent.name == own
    before = done.read_bytes()
    assert sweep(str(tmp_path / "there" / "videos.h5"), "0,1") == 0
    assert "done before" in capsys.readouterr().err
    assert done.read_bytes() == before
    assert [run.done for run in find_runs([tmp_path / "sweep"])] == [True, True], "as it was planned"
    with h5py.File(tmp_path / "there" / "videos.h5", "a") as changed:
        changed["video_1/features"][0] += 1
    assert sweep("there/videos.h5", "0") == 2
    assert "there/videos.h5: another content than in" in capsys.readouterr().err
    assert done.read_bytes() == before
    assert sweep("there/others.h5", "0") == 0, "a file of another name is another run"


def test_a_sweep_over_the_variance_loss(command, tiny, tmp_path) -> None:
    sweep = ("method.variance_loss=none,mean,median", "fold=0", "hydra.sweep.dir=sweep")
    assert command("-m", *tiny, *sweep) == 0
    for name in ("none", "mean", "median"):
        override = f"method.variance_loss={name}"
        assert override in record(cell(tmp_path / "sweep", override))["overrides"]


def test_the_demo_data_is_made_on_first_use_and_a_relative_folder_is_found(command, tmp_path) -> None:
    assert command(*SMALL, "fold=1", "hydra.run.dir=run") == 0
    assert (tmp_path / "data" / "demo.h5").is_file()
    assert len(scored(tmp_path / "run")) == 2


def test_a_misspelt_data_file_is_not_made_up(command, tmp_path, capsys) -> None:
    assert command(*SMALL, "data.file=tvsom.h5") == 2
    assert "no feature file" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.h5"))


def test_data_file_names_a_file_of_ones_own(command, video_file, tmp_path) -> None:
    path = video_file(n_videos=6)
    for data in ("tvsum", "summe"):
        own = (f"data={data}", f"data.file={path}", "setting.n_folds=2", f"hydra.run.dir={data}")
        assert command(*SMALL, *own) == 0
        assert len(scored(tmp_path / data)) == 6
    f1 = {data: record(tmp_path / data)["results"] for data in ("tvsum", "summe")}
    assert f1["tvsum"]["human"]["mean"]["f1_max"] == f1["summe"]["human"]["mean"]["f1_max"]


def bad_files(video_file: Callable[..., Path], tmp_path: Path) -> dict[str, Path]:
    """Files that cannot be used, by what is wrong with them."""

    files = {
        "NaN features": video_file(
            changes={"video_2": {"features": np.full((12, 8), np.nan)}}, name="nan.h5"
        ),
        "wrong keys": video_file(changes={"video_2": {"change_points": None}}, name="keys.h5"),
        "a video with one frame": video_file(
            changes={"video_1": {"features": np.ones((1, 8)), "picks": np.zeros(1), "n_steps": 1}},
            name="one.h5",
        ),
        "missing": tmp_path / "missing.h5",
    }
    whole = video_file(name="whole.h5").read_bytes()
    for name, content in (("truncated", whole[: len(whole) // 2]), ("foreign", b"PNG, say" * 100)):
        files[name] = tmp_path / f"{name}.h5"
        files[name].write_bytes(content)
    files["zero videos"] = tmp_path / "empty.h5"
    h5py.File(files["zero videos"], "w").close()
    return files


def test_bad_files_end_in_one_line_and_exit_code_2(command, video_file, tmp_path, capsys) -> None:
    for what, path in bad_files(video_file, tmp_path).items():
        assert command(*SMALL, "data=tvsum", f"data.file={path}", "fold=0", "hydra.run.dir=run") == 2, what
        error = capsys.readouterr().err
        assert error.count("\n") == 1, what
        assert error.startswith("vsumlab: "), what
        assert path.name in error, what
        assert not (tmp_path / "run").exists(), what


def test_a_fold_out_of_range_ends_in_exit_code_2(command, tiny, capsys) -> None:
    assert command(*tiny, "fold=9") == 2
    assert capsys.readouterr().err == "vsumlab: fold=9: no such fold: choose one of 0 to 4, or all\n"


@pytest.mark.parametrize("sweep", [(), ("-m",)])
def test_a_run_folder_that_cannot_be_made_ends_in_one_line(command, tmp_path, capsys, sweep) -> None:
    (tmp_path / "file").write_text("in the way")
    assert command(*sweep, *SMALL, "paths.runs=file/runs") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "file/runs" in error
    assert "paths.runs=FOLDER" in error


def test_a_data_folder_that_cannot_be_written_ends_in_one_line(command, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("in the way")
    assert command(*SMALL, "paths.data=file/data") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "paths.data=FOLDER" in error


def test_a_finished_run_is_never_written_over(command, tiny, tmp_path, capsys) -> None:
    arguments = (*tiny, "fold=0", "hydra.run.dir=run")
    assert command(*arguments) == 0
    before = (tmp_path / "run" / "run.json").read_text()
    capsys.readouterr()
    assert command(*arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("vsumlab: ")
    assert "run: is finished: choose another folder" in error
    assert error.count("\n") == 1
    assert (tmp_path / "run" / "run.json").read_text() == before


def test_a_refused_run_takes_its_folder_away(command, tiny, tmp_path) -> None:
    assert command(*tiny, "fold=9", "hydra.run.dir=new") == 2
    assert not (tmp_path / "new").exists()


def test_a_refused_run_leaves_a_folder_that_it_did_not_make(command, tiny, tmp_path) -> None:
    (tmp_path / "old").mkdir()
    assert command(*tiny, "fold=9", "hydra.run.dir=old") == 2
    assert "no such fold" in (tmp_path / "old" / "run.log").read_text()


def refuse_in_the_middle(config) -> None:
    (Path(config.paths.run) / "notes.txt").write_text("mine")
    raise UserError("no more")


def test_a_refused_run_leaves_what_is_not_hydras(command, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("vsumlab.job.run_job", refuse_in_the_middle)
    assert command("hydra.run.dir=new") == 2
    assert (tmp_path / "new" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "new" / "run.log").is_file()


def stop_at(monkeypatch: pytest.MonkeyPatch, fold: int, error: BaseException) -> None:
    """Has a run stop when a fold is trained and is about to be tested."""
    predict = vsumlab.train.predict

    def stopped(trainer, method, data, selection):
        if data.index == fold:
            raise error
        return predict(trainer, method, data, selection)

    monkeypatch.setattr("vsumlab.train.predict", stopped)


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (OSError("disk full"), 1)])
def test_an_interrupted_run_keeps_its_folds_and_the_same_command_goes_on(
    command, tiny, tmp_path, monkeypatch, capsys, error, code
) -> None:
    arguments = (*tiny, "setting.n_folds=3")
    assert command(*arguments, "hydra.run.dir=whole") == 0
    capsys.readouterr()
    with monkeypatch.context() as patch:
        stop_at(patch, 1, error)
        assert command(*arguments) == code
    said = capsys.readouterr().err
    (run,) = tmp_path.glob("runs/csnet_canonical/*")
    if code == 130:
        here = run.relative_to(tmp_path)
        assert said.splitlines() == [
            "vsumlab: fold 0 is done, 1 of 3",
            f"vsumlab: interrupted: finished folds and epochs are kept in {here}: the same command goes on, "
            f"or vsumlab run resume={here}",
        ]
    assert record(run / "fold_0")["status"] == "done"
    assert (run / "fold_1" / "last.ckpt").is_file(), "it was trained, and not tested"
    assert not (run / "fold_1" / "run.json").is_file() or record(run / "fold_1")["status"] == "failed"
    assert not (run / "run.json").exists()
    finished = (run / "fold_0" / "run.json").read_bytes()
    (run / "fold_1" / "stale.txt").touch()

    assert command(*arguments) == 0
    assert f"going on with the unfinished run in {run.relative_to(tmp_path)}" in capsys.readouterr().err
    assert list(tmp_path.glob("runs/csnet_canonical/*")) == [run]
    assert (run / "fold_0" / "run.json").read_bytes() == finished, "it is not trained again"
    assert not (run / "fold_1" / "stale.txt").exists(), "its one epoch begins anew"
    assert record(run)["status"] == "done"
    assert same_results(run, tmp_path / "whole")
    assert same_results(run / "fold_1", tmp_path / "whole" / "fold_1")


def test_only_an_unfinished_run_of_the_same_configuration_is_gone_on_with(
    command, tiny, tmp_path, monkeypatch
) -> None:
    def found(*overrides: str) -> Path | None:
        with initialize_config_dir(str(find_conf()), version_base="1.3"):
            config = compose("config", [*overrides, f"paths.runs={tmp_path}/runs"], return_hydra_config=True)
        HydraConfig.instance().set_config(config)
        return find_unfinished(config)

    arguments, run = (*tiny, "setting.n_folds=2"), tmp_path / "runs" / "csnet_canonical" / "begun"
    with monkeypatch.context() as patch:
        stop_at(patch, 1, OSError("disk full"))
        assert command(*arguments, f"hydra.run.dir={run}") == 1
    for same in ((), ("fold=all",), ("folds_at_once=2",)):
        assert found(*arguments, *same) == run
    for other in ("seed=1", "fold=0", "method.divisions=2", "random_draws=6", "selection=validation"):
        assert found(*arguments, other) is None, other
    assert command(*arguments, f"hydra.run.dir={run}") == 0
    assert found(*arguments) is None, "it is finished"


def test_a_failed_run_does_not_stop_the_others_and_a_sweep_started_again_runs_what_is_missing(
    command, tiny, tmp_path, capsys
) -> None:
    arguments = ("-m", *tiny)
    assert command(*arguments, "fold=9,0") == 2
    sweep = tmp_path / "runs" / "csnet_canonical"
    errors = capsys.readouterr().err.splitlines()
    assert [line.rsplit(": ", 2)[1] for line in errors[:1]] == ["no such fold"]
    assert "1 of the sweep's runs failed" in errors[-1]
    failed, done = cell(sweep, "fold=9"), cell(sweep, "fold=0")
    assert str(failed.relative_to(tmp_path)) in errors[-1]
    assert record(failed)["status"] == "failed"
    assert "no such fold" in record(failed)["error"]
    assert "no such fold" in (failed / "run.log").read_text()
    before = (done / "run.json").read_bytes()

    assert command(*arguments, "fold=0,1") == 0
    assert (done / "run.json").read_bytes() == before
    assert record(cell(sweep, "fold=1"))["status"] == "done"


def test_a_failed_run_is_found_whichever_process_ran_it(
    command, tiny, composed, tmp_path, capsys, monkeypatch
) -> None:
    """As under a launcher that runs jobs elsewhere: nothing but the folder knows."""

    def elsewhere(*, config, config_loader=None, task_function=None, hydra_context=None, **_) -> JobReturn:
        HydraConfig.instance().set_config(config)
        folder = Path(config.hydra.sweep.dir) / str(config.hydra.sweep.subdir)
        overrides = list(config.hydra.overrides.task)
        folder.mkdir(parents=True, exist_ok=True)
        if config.seed == 1:
            write_failure(folder, composed(), Origin("", overrides), MemoryError("killed"))
        done = JobReturn(overrides=overrides, status=JobStatus.COMPLETED)
        done.return_value = None
        return done

    monkeypatch.setattr(basic_launcher, "run_job", elsewhere)
    assert command("-m", *tiny, "seed=0,1") == 2
    assert re.search(r"1 of the sweep's runs failed: see run.log in \S*seed=1;", capsys.readouterr().err)
    assert command("-m", *tiny, "seed=0") == 0, "what the sweep does not plan is not its failure"


def test_a_sweep_does_not_take_another_configurations_run_for_its_own(
    command, tiny, tmp_path, capsys
) -> None:
    arguments = ("-m", *tiny, "fold=0")
    assert command(*arguments, "hydra.sweep.subdir=one") == 0
    before = (tmp_path / "runs/csnet_canonical/one/run.json").read_bytes()
    assert command(*arguments, "hydra.sweep.subdir=one", "seed=1") == 2
    assert "of another configuration (seed: 0, now 1)" in capsys.readouterr().err
    assert (tmp_path / "runs/csnet_canonical/one/run.json").read_bytes() == before


def test_a_sweep_leaves_to_another_process_what_that_is_at_work_on(command, tiny, tmp_path) -> None:
    arguments = ("-m", *tiny, "hydra.sweep.dir=sweep")
    assert command(*arguments, "fold=0") == 0
    here = cell(tmp_path / "sweep", "fold=0")
    (here / "run.json").unlink()
    (here / "fold_0" / "run.json").unlink()
    with FileLock(claim_file(here / "fold_0")):
        assert command(*arguments, "fold=0,1") == 0
    assert not (here / "run.json").exists()
    assert (cell(tmp_path / "sweep", "fold=1") / "run.json").exists()


def test_a_run_that_another_process_has_just_finished_has_not_failed(
    command, tiny, tmp_path, monkeypatch, capsys
) -> None:
    arguments = ("-m", *tiny, "fold=0", "hydra.sweep.dir=sweep")
    run_fold = vsumlab.job.run_fold

    def after_the_other_one(config, origin) -> None:
        monkeypatch.setattr("vsumlab.job.run_fold", run_fold)
        vsumlab.job.run_job(config)  # the whole run, after this one has looked whether it is done
        run_fold(config, origin)

    monkeypatch.setattr("vsumlab.job.run_fold", after_the_other_one)
    assert command(*arguments) == 0
    assert capsys.readouterr().err.count("failed") == 0
    assert record(cell(tmp_path / "sweep", "fold=0"))["status"] == "done"
    before = (cell(tmp_path / "sweep", "fold=0") / "run.json").read_bytes()
    assert command(*arguments) == 0
    assert (cell(tmp_path / "sweep", "fold=0") / "run.json").read_bytes() == before


def test_a_run_that_was_killed_is_run_again_from_the_start(command, tiny, tmp_path) -> None:
    arguments = ("-m", *tiny, "fold=0", "hydra.sweep.dir=sweep")
    assert command(*arguments) == 0
    here = cell(tmp_path / "sweep", "fold=0")
    expected = (here / "fold_0" / "metrics.csv").read_text()
    (here / "run.json").unlink()
    (here / "fold_0" / "run.json").unlink()
    claim_file(here / "fold_0").touch()
    (here / "fold_0" / "stale.txt").touch()
    assert command(*arguments) == 0
    assert not (here / "fold_0" / "stale.txt").exists()
    assert (here / "fold_0" / "metrics.csv").read_text() == expected
    assert record(here)["status"] == "done"


def fail_in_fold_1(config) -> dict[str, float]:
    logging.getLogger("pytorch_lightning").info("at work on fold %s", config.fold)
    if config.fold == 1:
        raise ArithmeticError("fold 1 cannot be had")
    return {}


def test_every_job_of_a_sweep_has_its_own_log(command, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("vsumlab.job.run_job", fail_in_fold_1)
    assert command("-m", "fold=0,1,2", "hydra.sweep.dir=sweep") == 2
    logs = [(tmp_path / "sweep" / f"fold={fold}" / "run.log").read_text() for fold in range(3)]
    for fold, text in enumerate(logs):
        assert [line[-1] for line in text.splitlines() if "at work on" in line] == [str(fold)]
        assert ("ArithmeticError: fold 1 cannot be had" in text) == (fold == 1)


def test_a_smoke_run_does_not_look_like_a_result(command, tiny, tmp_path) -> None:
    assert command("experiment=csnet_canonical", *tiny, "fold=0") == 0
    (run,) = tmp_path.glob("runs/*/*")
    assert "a smoke run, no result" in table(run)


@pytest.fixture
def returned(monkeypatch) -> list[object]:
    """What jobs have given to Hydra, which tells it to a sweeper that searches."""
    values: list[object] = []
    on_job_end = RunFolder.on_job_end

    def listen(self, config, job_return, **named):
        values.append(job_return._return_value)
        on_job_end(self, config, job_return, **named)

    monkeypatch.setattr(RunFolder, "on_job_end", listen)
    return values


@pytest.mark.parametrize("sweep", [(), ("-m",)])
def test_a_sweeper_that_searches_is_given_the_metric_that_is_named(
    command, tiny, tmp_path, returned, sweep
) -> None:
    name = "validation/chosen/kendall_tau"
    search = ("selection=validation", "fold=0", "trainer.max_epochs=2", f"optimized_metric={name}")
    assert (
        command(*sweep, *tiny, *search, "hydra.run.dir=run", "hydra.sweep.dir=.", "hydra.sweep.subdir=run")
        == 0
    )
    (value,) = returned
    logged = [line[name] for line in lines(tmp_path / "run" / "fold_0" / "metrics.csv") if line[name]]
    assert value == pytest.approx(float(logged[0]))
    assert value == record(tmp_path / "run")["metrics"][name]


def test_without_a_name_it_is_given_nothing(command, tiny, returned) -> None:
    assert command(*tiny, "fold=0") == 0
    assert returned == [None]


@pytest.mark.parametrize("name", ["test/f1", "test/csnet/kendall_tau", "train/loss"])
def test_a_search_does_not_go_by_test_videos(command, tiny, tmp_path, capsys, name) -> None:
    assert command(*tiny, "fold=0", f"optimized_metric={name}", "hydra.run.dir=run") == 2
    error = capsys.readouterr().err
    assert error.startswith(f"vsumlab: optimized_metric={name}: nothing is chosen on test videos")
    assert error.count("\n") == 1
    assert not (tmp_path / "run").exists(), "before anything is trained"


def test_a_metric_that_the_run_does_not_have_is_one_line(command, tiny, capsys) -> None:
    assert command(*tiny, "fold=0", "optimized_metric=validation/chosen/loss") == 2
    error = capsys.readouterr().err
    assert "optimized_metric=validation/chosen/loss: the run has none: add selection=validation" in error


@pytest.fixture
def forked(monkeypatch) -> None:
    """Folds at once in forks of this process, which are there at once; a test with one thread may do so."""
    fork = multiprocessing.get_context("fork")
    monkeypatch.setattr("vsumlab.job.multiprocessing.get_context", lambda _: fork)


FAILS = ("setting.n_folds=3", "+callbacks.fails._target_=support.ranks.FailsOnce", "+callbacks.fails.fold=1")


@pytest.mark.usefixtures("forked")
def test_folds_at_once_are_the_same_folds_and_one_that_fails_stops_no_other(
    command, tiny, tmp_path, capfd
) -> None:
    """All with one thread a process, on which rounding depends."""
    arguments = (*tiny, *FAILS, "+callbacks.fails.file=failed.txt")
    (tmp_path / "failed.txt").touch()
    assert command(*arguments, "hydra.run.dir=in_turn") == 0
    (tmp_path / "failed.txt").unlink()
    capfd.readouterr()

    assert command(*arguments, "folds_at_once=2", "hydra.run.dir=at_once") == 2
    *done, last = capfd.readouterr().err.splitlines()
    assert sorted(line.split(",")[0] for line in done) == [f"vsumlab: fold {fold} is done" for fold in (0, 2)]
    assert last == "vsumlab: fold_1 failed: ArithmeticError: the loss is not a number"
    run = tmp_path / "at_once"
    assert [record(run / f"fold_{fold}")["status"] for fold in range(3)] == ["done", "failed", "done"]
    assert "ArithmeticError" in (run / "fold_1" / "run.log").read_text()
    assert not (run / "run.json").exists()
    finished = [(run / f"fold_{fold}" / "run.json").read_bytes() for fold in (0, 2)]

    assert command(*arguments, "hydra.run.dir=at_once") == 0, "with any number of folds at once"
    assert [(run / f"fold_{fold}" / "run.json").read_bytes() for fold in (0, 2)] == finished
    assert same_results(run, tmp_path / "in_turn")


@pytest.mark.usefixtures("forked")
def test_a_folds_process_that_is_killed_has_failed(command, tiny, tmp_path, monkeypatch, capfd) -> None:
    fold_process, parent = vsumlab.job.fold_process, os.getpid()

    def killed(content, *arguments) -> None:
        if content["fold"] == 0:
            assert os.getpid() != parent
            os.kill(os.getpid(), signal.SIGKILL)
        fold_process(content, *arguments)

    monkeypatch.setattr("vsumlab.job.fold_process", killed)
    assert command(*tiny, "setting.n_folds=2", "folds_at_once=2", "hydra.run.dir=run") == 2
    assert capfd.readouterr().err.splitlines() == [
        "vsumlab: fold 1 is done, 1 of 2",
        "vsumlab: fold_0 failed: RuntimeError: ended with exit code -9",
    ]
    assert record(tmp_path / "run" / "fold_1")["status"] == "done"


@pytest.mark.usefixtures("forked")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("data.file=missing.h5", "vsumlab: tvsum: no feature file data/missing.h5"),
        ("method.variance_loss=mode", "vsumlab: fold_0, fold_1 failed: UserError: method.variance_loss=mode"),
    ],
)
def test_what_is_wrong_with_folds_at_once_is_one_line(command, tiny, capfd, wrong, says) -> None:
    assert command(*tiny, "setting.n_folds=2", "folds_at_once=2", wrong) == 2
    error = capfd.readouterr().err
    assert error.startswith(says)
    assert error.count("\n") == 1


@pytest.mark.slow
def test_folds_at_once_in_fresh_processes(command, tiny, tmp_path) -> None:
    arguments = (*tiny, *FAILS, "+callbacks.fails.file=failed.txt")
    done = process(*module("run"), *arguments, "folds_at_once=3", "hydra.run.dir=at_once", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.endswith("vsumlab: fold_1 failed: ArithmeticError: the loss is not a number\n")
    assert done.stderr.count("\n") == 3, "of the others each says that it is done"
    assert command(*arguments, "hydra.run.dir=at_once") == 0
    assert command(*arguments, "hydra.run.dir=in_turn") == 0
    assert same_results(tmp_path / "at_once", tmp_path / "in_turn")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_ended_process_ends_in_one_line_and_goes_on(tiny, tmp_path, number, code, word) -> None:
    waits = ("+callbacks.waits._target_=support.ranks.WaitsOnce", "+callbacks.waits.fold=1")
    folds = ("setting.n_folds=2", "hydra.run.dir=run", "+callbacks.waits.file=waiting.txt")
    command = (*module("run"), *tiny, *waits, *folds)
    with started(*command, cwd=tmp_path) as running:
        until = time.monotonic() + 120
        while not (tmp_path / "waiting.txt").is_file() and time.monotonic() < until:
            assert running.poll() is None, running.communicate()
            time.sleep(0.1)
        running.send_signal(number)
        _, error = running.communicate(timeout=60)
    assert running.returncode == code
    assert error.splitlines() == [
        "vsumlab: fold 0 is done, 1 of 2",
        # not by resume=, since the callback is none of ours
        f"vsumlab: {word}: finished folds and epochs are kept in run: the same command goes on",
    ]
    assert not (tmp_path / "run" / "run.json").exists()
    finished = (tmp_path / "run" / "fold_0" / "run.json").read_bytes()
    again = process(*command, cwd=tmp_path)
    assert (again.returncode, again.stderr.splitlines()) == (
        0,
        [f"vsumlab: fold {fold} is done, {fold + 1} of 2" for fold in range(2)],
    ), "a run without a terminal says no more than that"
    assert (tmp_path / "run" / "fold_0" / "run.json").read_bytes() == finished
    assert {fold for fold, _ in scored(tmp_path / "run")} == {"0", "1"}


def test_the_traceback_is_there_for_those_who_ask(command, tiny, monkeypatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(UserError, match="fold=9"):
        command(*tiny, "fold=9")


@pytest.mark.parametrize("arguments", [(), ("-m",), ("--cfg", "job"), ("--help",), ("--info", "config")])
def test_a_misspelt_override_has_hydras_own_message_and_what_may_have_been_meant(
    command, capsys, arguments
) -> None:
    assert command(*arguments, "method.variance_los=none") == 2
    error = capsys.readouterr().err
    assert "Could not override 'method.variance_los'" in error
    assert error.endswith("\nvsumlab: did you mean method.variance_loss=none?\n")
    assert "Traceback" not in error


def test_a_misspelt_choice_in_a_process_of_its_own(tmp_path) -> None:
    done = process(*module("run"), "experiment=csnet_canonica", cwd=tmp_path)
    assert done.returncode == 2
    assert "Could not find 'experiment/csnet_canonica'" in done.stderr
    assert done.stderr.splitlines()[-1] == "vsumlab: did you mean experiment=csnet_canonical?"
    assert list(tmp_path.iterdir()) == []


def test_of_a_name_like_none_that_there_is_nothing_is_suggested(command, capsys) -> None:
    assert command("experiment=zzz") == 2
    error = capsys.readouterr().err
    assert "Could not find 'experiment/zzz'" in error
    assert "did you mean" not in error


def test_the_traceback_of_a_refused_command_line_is_there_for_who_asks(command, monkeypatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    for arguments in ((), ("--help",)):
        with pytest.raises(MissingConfigException):
            command(*arguments, "experiment=csnet_canonica")


@pytest.mark.slow
def test_processes_score_each_video_once_and_write_once(tiny, tmp_path) -> None:
    done = process(
        *module("run"),
        "-m",
        *tiny,
        "setting.n_folds=4",  # of 10 videos: test sets of 3 and, fewer than processes, 2
        "seed=3",
        "trainer=ddp",
        "trainer.accelerator=cpu",
        "trainer.devices=3",
        "+callbacks.ranks._target_=support.ranks.RanksEqual",
        "+callbacks.ranks.file=ranks.txt",
        cwd=tmp_path,
        OMP_NUM_THREADS="1",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("run folder:") == 1
    (run,) = (path for path in tmp_path.glob("runs/*/*") if path.is_dir())
    assert record(run)["status"] == "done", "all processes share one folder"
    folds = record(run)["folds"]
    tested = sorted((fold, video) for fold, videos in folds.items() for video in videos["test"])
    assert len(tested) == 10
    assert sorted(scored(run)) == tested
    assert (tmp_path / "ranks.txt").read_text() == "3 processes, equal: True"


@pytest.mark.slow
def test_two_devices_need_no_other_trainer(tiny, tmp_path) -> None:
    """By the console script, which Lightning starts a second time, too."""
    script = Path(sys.executable).with_name("vsumlab")
    devices = ("trainer.devices=2", "trainer.accelerator=cpu", "hydra.run.dir=run")
    ranks = ("+callbacks.ranks._target_=support.ranks.RanksEqual", "+callbacks.ranks.file=ranks.txt")
    done = process(script, "run", *tiny, "setting.n_folds=2", *devices, *ranks, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ranks.txt").read_text() == "2 processes, equal: True"
    assert len(scored(tmp_path / "run")) == len(set(scored(tmp_path / "run"))) == 10
    assert record(tmp_path / "run")["command"].startswith("vsumlab run debug=smoke")


@pytest.mark.parametrize("lacks", [("user_scores",), ("user_scores", "gtscore")])
def test_tvsums_public_file_needs_no_peoples_scores(command, video_file, tmp_path, lacks) -> None:
    without = {f"video_{i}": dict.fromkeys(lacks) for i in range(1, 7)}
    file = video_file(n_videos=6, changes=without)
    public = (*SMALL, "data=tvsum", f"data.file={file}", "setting.n_folds=2", "hydra.run.dir=run")
    assert command(*public) == 0
    assert record(tmp_path / "run")["status"] == "done"
    found = rows(tmp_path / "run")
    assert {row["scorer"] for row in found} == {"csnet", "random", "human"} | ({"gtscore"} - {*lacks})
    assert all(row["kendall_tau"] == "" for row in found)
    assert "F1 %" in (tmp_path / "run" / "table.txt").read_text()


def test_an_error_in_a_users_module_keeps_its_traceback(command, tiny, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "my_broken_method.py").write_text("import torch\nimport torhc\n")
    assert (
        command(*tiny[2:], "method._target_=my_broken_method.Mine", "hydra.run.dir=run", "debug=smoke") == 2
    )
    said = capsys.readouterr().err
    assert "my_broken_method.py:2: ModuleNotFoundError: No module named 'torhc': mend it there" in said
    (log,) = (tmp_path / "run").glob("*.log")
    assert "import torhc" in log.read_text()


def test_a_refused_run_leaves_nothing_behind(command, tiny, tmp_path) -> None:
    (tmp_path / "kept").mkdir()
    for folder in ((), ("paths.runs=kept",)):
        assert command(*tiny, "fold=9", *folder) == 2
        assert not (tmp_path / "runs").exists()
        assert [*(tmp_path / "kept").iterdir()] == [], "it was there before"
