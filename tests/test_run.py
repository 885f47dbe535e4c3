"""The command line of `vsumlab.run`: sweeps, errors, and what only a process of its own can show."""

import csv
import json
import logging
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from filelock import FileLock
from hydra.core.global_hydra import GlobalHydra

from vsumlab.errors import UserError
from vsumlab.metrics.protocol import METRICS, evaluate_scores
from vsumlab.run import cell_folder, main, one_line_interrupt

README = Path(__file__).parents[1] / "README.md"
SMALL = ("debug=smoke", "method.hidden_size=8", "random_draws=5")


@pytest.fixture
def command(monkeypatch, tmp_path, demo_folder) -> Callable[..., int]:
    """Runs the command line in this process, in an empty folder; gives the exit code."""

    def run(*arguments: str) -> int:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["vsumlab.run", *arguments])
        GlobalHydra.instance().clear()
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
        return 0

    return run


def started(*arguments: str, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Starts `python -m vsumlab.run` in a process of its own, from a checkout that need not be installed."""
    folders = [str(README.parent), str(README.parent / "tests"), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-m", "vsumlab.run", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Ctrl-C reaches it even where the suite itself runs in the background of a shell
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m vsumlab.run` to its end in a process of its own."""
    with started(*arguments, cwd=cwd, **environment) as running:
        try:
            out, err = running.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def scorers(run: Path) -> list[tuple[str, str]]:
    with (run / "videos.csv").open(newline="") as file:
        return [(row["fold"], row["video"]) for row in csv.DictReader(file) if row["scorer"] not in BASELINES]


BASELINES = ("random", "human", "gtscore")


def test_help_names_what_there_is(capsys, command) -> None:
    assert command("--help") == 0
    text = capsys.readouterr().out
    for group, choice in (
        ("data", "demo, summe, tvsum"),
        ("setting", "canonical"),
        ("method", "csnet"),
        ("experiment", "csnet_canonical"),
    ):
        assert re.search(rf"^{group}: .*\b{choice}\b", text, re.MULTILINE), group
    assert "python -m vsumlab.run" in text


def cell(sweep: Path, override: str) -> Path:
    """The one folder of a sweep whose run had an override."""
    (folder,) = (path for path in sweep.iterdir() if override in path.name.split(","))
    return folder


def test_a_sweep_over_folds_makes_a_run_a_fold(command, demo_folder, tmp_path) -> None:
    assert command("-m", *SMALL, f"paths.data={demo_folder}", "fold=0,3", "hydra.sweep.dir=sweep") == 0
    assert [fold for fold, _ in scorers(cell(tmp_path / "sweep", "fold=0"))] == ["0", "0"]
    assert [fold for fold, _ in scorers(cell(tmp_path / "sweep", "fold=3"))] == ["3", "3"]


def test_a_sweep_over_the_variance_loss(command, demo_folder, tmp_path) -> None:
    sweep = ("method.variance_loss=none,mean,median", "fold=0", "hydra.sweep.dir=sweep")
    assert command("-m", *SMALL, f"paths.data={demo_folder}", *sweep) == 0
    for name in ("none", "mean", "median"):
        override = f"method.variance_loss={name}"
        record = json.loads((cell(tmp_path / "sweep", override) / "run.json").read_text())
        assert override in record["overrides"]


def test_the_demo_data_is_made_on_first_use_and_a_relative_folder_is_found(command, tmp_path) -> None:
    assert command(*SMALL, "fold=1", "hydra.run.dir=run") == 0
    assert (tmp_path / "data" / "demo.h5").is_file()
    assert len(scorers(tmp_path / "run")) == 2


def test_a_misspelt_data_file_is_not_made_up(command, tmp_path, capsys) -> None:
    assert command(*SMALL, "data.file=tvsom.h5") == 2
    assert "no feature file" in capsys.readouterr().err
    assert not list(tmp_path.rglob("*.h5"))


def test_data_file_names_a_file_of_ones_own(command, video_file, tmp_path) -> None:
    path = video_file(n_videos=6)
    for data in ("tvsum", "summe"):
        assert command(*SMALL, f"data={data}", f"data.file={path}", f"hydra.run.dir={data}") == 0
        assert len(scorers(tmp_path / data)) == 6
    f1 = {
        data: json.loads((tmp_path / data / "run.json").read_text())["results"] for data in ("tvsum", "summe")
    }
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
        assert command(*SMALL, "data=tvsum", f"data.file={path}", "hydra.run.dir=run") == 2, what
        error = capsys.readouterr().err
        assert error.count("\n") == 1, what
        assert error.startswith("vsumlab: "), what
        assert path.name in error, what
    assert not list((tmp_path / "run").glob("**/*.json"))
    assert not list((tmp_path / "run").glob("**/*.csv"))


def test_a_fold_out_of_range_ends_in_exit_code_2(command, demo_folder, capsys) -> None:
    assert command(*SMALL, f"paths.data={demo_folder}", "fold=9") == 2
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


def test_a_finished_run_is_never_written_over(command, demo_folder, tmp_path, capsys) -> None:
    arguments = (*SMALL, f"paths.data={demo_folder}", "fold=0", "hydra.run.dir=run")
    assert command(*arguments) == 0
    before = (tmp_path / "run" / "run.json").read_text()
    capsys.readouterr()
    assert command(*arguments) == 2
    assert "finished run" in capsys.readouterr().err
    assert (tmp_path / "run" / "run.json").read_text() == before


def test_a_refused_run_takes_its_folder_away(command, demo_folder, tmp_path) -> None:
    assert command(*SMALL, f"paths.data={demo_folder}", "fold=9", "hydra.run.dir=new") == 2
    assert not (tmp_path / "new").exists()


def test_a_refused_run_leaves_a_folder_that_it_did_not_make(command, demo_folder, tmp_path) -> None:
    (tmp_path / "old").mkdir()
    assert command(*SMALL, f"paths.data={demo_folder}", "fold=9", "hydra.run.dir=old") == 2
    assert "no such fold" in (tmp_path / "old" / "run.log").read_text()


def refuse_in_the_middle(config) -> None:
    (Path(config.paths.run) / "notes.txt").write_text("mine")
    raise UserError("no more")


def test_a_refused_run_leaves_what_is_not_hydras(command, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("vsumlab.train.train", refuse_in_the_middle)
    assert command("hydra.run.dir=new") == 2
    assert (tmp_path / "new" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "new" / "run.log").is_file()


def test_a_failed_run_does_not_stop_the_others_and_a_sweep_started_again_runs_what_is_missing(
    command, demo_folder, tmp_path, capsys
) -> None:
    arguments = ("-m", *SMALL, f"paths.data={demo_folder}")
    assert command(*arguments, "fold=9,0") == 2
    sweep = tmp_path / "runs" / "csnet_canonical"
    errors = capsys.readouterr().err.splitlines()
    assert [line.rsplit(": ", 2)[1] for line in errors[:1]] == ["no such fold"]
    assert "1 of the sweep's runs failed" in errors[-1]
    failed, done = cell(sweep, "fold=9"), cell(sweep, "fold=0")
    assert json.loads((failed / "run.json").read_text())["status"] == "failed"
    assert "no such fold" in (failed / "run.log").read_text()
    before = (done / "run.json").read_bytes()

    assert command(*arguments, "fold=0,1") == 0
    assert (done / "run.json").read_bytes() == before
    assert json.loads((cell(sweep, "fold=1") / "run.json").read_text())["status"] == "done"


def test_a_sweep_does_not_take_another_configurations_run_for_its_own(
    command, demo_folder, tmp_path, capsys
) -> None:
    arguments = ("-m", *SMALL, f"paths.data={demo_folder}", "fold=0")
    assert command(*arguments, "hydra.sweep.subdir=one") == 0
    before = (tmp_path / "runs/csnet_canonical/one/run.json").read_bytes()
    assert command(*arguments, "hydra.sweep.subdir=one", "seed=1") == 2
    assert "of another configuration (seed: 0, now 1)" in capsys.readouterr().err
    assert (tmp_path / "runs/csnet_canonical/one/run.json").read_bytes() == before


def test_a_sweep_leaves_to_another_process_what_that_is_at_work_on(command, demo_folder, tmp_path) -> None:
    arguments = ("-m", *SMALL, f"paths.data={demo_folder}", "hydra.sweep.dir=sweep")
    assert command(*arguments, "fold=0") == 0
    here = cell(tmp_path / "sweep", "fold=0")
    (here / "run.json").unlink()
    with FileLock(here / ".running"):
        assert command(*arguments, "fold=0,1") == 0
    assert not (here / "run.json").exists()
    assert (cell(tmp_path / "sweep", "fold=1") / "run.json").exists()


def test_a_run_that_failed_or_was_killed_is_run_again_from_the_start(command, demo_folder, tmp_path) -> None:
    arguments = ("-m", *SMALL, f"paths.data={demo_folder}", "fold=0", "hydra.sweep.dir=sweep")
    assert command(*arguments) == 0
    here = cell(tmp_path / "sweep", "fold=0")
    expected = (here / "fold_0" / "metrics.csv").read_text()
    (here / "run.json").unlink()
    (here / ".running").touch()
    (here / "fold_7").mkdir()
    assert command(*arguments) == 0
    assert not (here / "fold_7").exists()
    assert (here / "fold_0" / "metrics.csv").read_text() == expected


def test_the_folder_of_a_sweeps_run_is_one_short_name() -> None:
    assert cell_folder("data.file=a/b.h5,fold=0") == "data.file=a-b.h5,fold=0"
    assert cell_folder("") == "default"
    long = [cell_folder(f"x={'y' * 300}{end}") for end in "ab"]
    assert long[0] != long[1]
    assert all(len(name) < 200 for name in long)


def fail_in_fold_1(config) -> None:
    logging.getLogger("pytorch_lightning").info("at work on fold %s", config.fold)
    if config.fold == 1:
        raise ArithmeticError("fold 1 cannot be had")


def test_every_job_of_a_sweep_has_its_own_log(command, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr("vsumlab.train.train", fail_in_fold_1)
    assert command("-m", "fold=0,1,2", "hydra.sweep.dir=sweep") == 2
    logs = [(tmp_path / "sweep" / f"fold={fold}" / "run.log").read_text() for fold in range(3)]
    for fold, text in enumerate(logs):
        assert [line[-1] for line in text.splitlines() if "at work on" in line] == [str(fold)]
        assert ("ArithmeticError: fold 1 cannot be had" in text) == (fold == 1)


def test_a_smoke_run_does_not_look_like_a_result(command, demo_folder, tmp_path) -> None:
    assert command("experiment=csnet_canonical", *SMALL, f"paths.data={demo_folder}", "fold=0") == 0
    (table,) = tmp_path.glob("runs/*/*/table.txt")
    assert "a smoke run, no result" in table.read_text()


@pytest.mark.slow
def test_an_interrupted_run_ends_in_one_line_and_exit_code_130(demo_folder, tmp_path) -> None:
    endless = ("trainer.max_epochs=1000000", "+logger.flush_logs_every_n_steps=1", "hydra.run.dir=run")
    with started(*SMALL, *endless, f"paths.data={demo_folder}", cwd=tmp_path) as running:
        until = time.monotonic() + 120
        while not (tmp_path / "run" / "fold_0" / "metrics.csv").is_file() and time.monotonic() < until:
            assert running.poll() is None, running.communicate()
            time.sleep(0.1)
        running.send_signal(signal.SIGINT)
        try:
            out, err = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 130
    assert out == ""
    assert err == "vsumlab: interrupted: a run folder without run.json is not finished\n"
    assert not (tmp_path / "run" / "run.json").exists()
    again = process(*SMALL, f"paths.data={demo_folder}", "fold=0", "hydra.run.dir=run", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, ""), "the folder is free for another run"


def test_an_interrupt_anywhere_is_one_line_of_the_first_process(capsys, monkeypatch) -> None:
    for rank, said in (("0", 1), ("1", 0)):
        monkeypatch.setenv("LOCAL_RANK", rank)
        with pytest.raises(SystemExit, match="130"), one_line_interrupt():
            raise KeyboardInterrupt
        assert capsys.readouterr().err.count("vsumlab: interrupted:") == said
    with pytest.raises(SystemExit, match="2"), one_line_interrupt():
        sys.exit(2)
    assert capsys.readouterr().err == ""


def test_the_traceback_is_there_for_those_who_ask(command, demo_folder, monkeypatch) -> None:
    monkeypatch.setenv("HYDRA_FULL_ERROR", "1")
    with pytest.raises(UserError, match="fold=9"):
        command(*SMALL, f"paths.data={demo_folder}", "fold=9")


@pytest.mark.slow
def test_a_misspelt_override_keeps_hydras_own_message(tmp_path) -> None:
    done = process("method.variance_los=none", cwd=tmp_path)
    assert done.returncode == 1
    assert "variance_los" in done.stderr


@pytest.mark.slow
def test_processes_score_each_video_once_and_write_once(demo_folder, tmp_path) -> None:
    done = process(
        "-m",
        *SMALL,
        f"paths.data={demo_folder}",
        "setting.n_folds=4",  # of 10 videos: test sets of 3 and, fewer than processes, 2
        "seed=3",
        "trainer=ddp",
        "trainer.accelerator=cpu",
        "trainer.devices=3",
        "+callbacks.ranks._target_=ranks.RanksEqual",
        "+callbacks.ranks.file=ranks.txt",
        cwd=tmp_path,
        OMP_NUM_THREADS="1",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("run folder:") == 1
    (record,) = tmp_path.glob("runs/**/run.json")
    folds = json.loads(record.read_text())["folds"]
    tested = sorted((fold, video) for fold, videos in folds.items() for video in videos["test"])
    assert len(tested) == 10
    assert sorted(scorers(record.parent)) == tested
    (folder,) = (path for path in tmp_path.glob("runs/*/*") if path.is_dir())
    assert folder == record.parent, "all processes share one folder"
    assert (tmp_path / "ranks.txt").read_text() == "3 processes, equal: True"


def code_block(language: str, after: str) -> str:
    """The first block of a language in the README after some words."""
    text = README.read_text()
    match = re.search(rf"```{language}\n(.*?)```", text[text.index(after) :], re.DOTALL)
    assert match
    return match[1]


@pytest.mark.slow
def test_the_readmes_own_method_runs_from_outside_the_package(demo_folder, tmp_path) -> None:
    (tmp_path / "my_methods.py").write_text(code_block("python", "`my_methods.py`:"))
    for folder, name in (("method", "frame_scorer"), ("experiment", "frame_scorer_small")):
        path = tmp_path / "my_conf" / folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code_block("yaml", f"`my_conf/{folder}/{name}.yaml`"))
    commands = code_block("bash", "From the folder that holds").strip().splitlines()
    assert len(commands) == 2
    for line in commands:
        arguments = shlex.split(line)[3:]
        done = process(*arguments, "debug=smoke", f"paths.data={demo_folder}", "fold=0", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "frame_scorer" in done.stdout
        assert not done.stderr, "a run without a terminal is quiet"


def test_the_readmes_python_runs_on_a_run(command, tmp_path, capsys) -> None:
    """As it stands there, after a run that left the folder it names."""
    assert command("experiment=csnet_canonical", *SMALL, "hydra.run.dir=runs/csnet_canonical/TIME") == 0
    capsys.readouterr()
    names: dict[str, Any] = {}
    for after in ("A trained method scores", "The protocol is there"):
        exec(code_block("python", after), names)
    video, scores, summary = names["video"], names["scores"], names["summary"]
    with h5py.File(tmp_path / "runs/csnet_canonical/TIME/scores.h5") as file:
        recorded = file[f"fold_4/{video.key}/csnet"]
        assert (recorded["importance_scores"][()] == scores.numpy()).all()
        assert (recorded["summary"][()] == summary).all()
    figures = evaluate_scores(scores.numpy()[None], video, "user_scores")[0]
    f1, tau = re.findall(r"tensor\(([-\d.]+)", capsys.readouterr().out)
    assert float(f1) == pytest.approx(figures[METRICS.index("f1_mean")], abs=1e-4)
    assert float(tau) == pytest.approx(figures[METRICS.index("kendall_tau")], abs=1e-4)


def readme_commands() -> list[list[str]]:
    """Every `python -m vsumlab.run …` of the README that needs no file of the reader's."""
    lines = re.findall(r"^python -m vsumlab\.run (.*?)(?:#.*)?$", README.read_text(), re.MULTILINE)
    return [shlex.split(line) for line in lines if "--" not in line]


@pytest.mark.parametrize("arguments", readme_commands(), ids=" ".join)
def test_the_readmes_commands_run(arguments, command, video_file, tmp_path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("eccv16_dataset_tvsum_google_pool5.h5", "FILE.h5"):
        video_file(n_videos=6, name=f"data/{name}")
    rng = np.random.default_rng(0)
    signed = {f"video_{i}": {"features": rng.standard_normal((12, 8))} for i in range(1, 7)}
    video_file(n_videos=6, name="data/TVSUM_INCEPTION.h5", changes=signed)
    with h5py.File(tmp_path / "data" / "youtube8m.h5", "w") as file:
        file["abcd/features"] = rng.integers(0, 256, (50, 8), dtype=np.uint8)
    small = [item for item in SMALL if "hidden_size" not in item or "contrastive" not in arguments[0]]
    arguments = [argument.replace("FOLDER", "data") for argument in arguments]
    assert command(*arguments, *small, "fold=0") == 0


def test_readme_has_commands() -> None:
    assert len(readme_commands()) >= 3
