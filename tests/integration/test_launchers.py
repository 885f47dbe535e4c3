"""Sweeps by Hydra's launchers come to what they come to in one process, and end as they do there."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hydra.core.utils import JobReturn, JobStatus
from support.runs import cell, is_running, module, process, record, rows, same_results, scored, started

from vsumlab.launchers import callback, submitit_jobs

LAUNCHERS = {"joblib": "joblib", "submitit_local": "submitit", "ray": "ray"}
quick = pytest.mark.parametrize("launcher", ["joblib", "submitit_local"])
every = pytest.mark.parametrize("launcher", LAUNCHERS)


def needs(launcher: str) -> None:
    pytest.importorskip(f"hydra_plugins.hydra_{LAUNCHERS[launcher]}_launcher", reason=f"needs {launcher}")


def told(text: str) -> list[str]:
    """What a command said on standard error, without what shows how far workers are."""
    return [line for line in text.splitlines() if not line.endswith(" is done")]


def last_table(text: str) -> list[str]:
    """The last table of metrics that a command printed."""
    return [part for part in text.split("\n\n") if part.startswith("scorer   ") and " seeds " in part][
        -1
    ].splitlines()


def assert_swept_alike(launcher, tiny, tmp_path, command, capfd) -> None:
    arguments = ("-m", *tiny, "fold=0,9", "threads=1")
    assert command(*arguments, "hydra.sweep.dir=one") == 2
    plain = capfd.readouterr()
    assert command(*arguments, "hydra.sweep.dir=many", f"hydra/launcher={launcher}") == 2
    many = capfd.readouterr()
    assert told(many.err.replace("many", "one")) == told(plain.err)
    assert len(told(plain.err)) == 2, "a line a run that failed, and one of all"
    assert last_table(many.out) == last_table(plain.out)
    one, other = (
        {path.parent.name: path.parent for path in (tmp_path / sweep).glob("*/run.json")}
        for sweep in ("one", "many")
    )
    assert one.keys() == other.keys()
    for name in one:
        assert record(other[name])["command"].startswith(record(one[name])["command"].split(" hydra")[0])
        assert record(other[name])["overrides"] == record(one[name])["overrides"]
        if "fold=9" in name:
            assert "no such fold" in (other[name] / "run.log").read_text()
        else:
            assert same_results(one[name], other[name])
            assert "Trainer.fit" in (other[name] / "run.log").read_text()
    finished = {path: path.stat().st_mtime_ns for path in (tmp_path / "many").glob("*/fold_*/**/*")}
    assert command("-m", *tiny, "fold=0", "threads=1", "hydra.sweep.dir=many") == 0
    assert capfd.readouterr().err.count("done before") == 1, "a launcher is no part of what a run is"
    assert finished == {path: path.stat().st_mtime_ns for path in finished}


@quick
def test_a_sweep_ends_as_it_does_without_a_launcher(launcher, tiny, tmp_path, command, capfd) -> None:
    needs(launcher)
    assert_swept_alike(launcher, tiny, tmp_path, command, capfd)


@pytest.mark.slow
def test_a_sweep_by_ray_ends_as_it_does_without_it(tiny, tmp_path, command, capfd) -> None:
    needs("ray")
    assert_swept_alike("ray", tiny, tmp_path, command, capfd)


def test_a_sweep_over_folds_has_the_figures_and_the_row_of_a_run_of_them_all(
    tiny, tmp_path, command, capsys
) -> None:
    assert command(*tiny, "seed=1", "hydra.run.dir=all") == 0
    run = last_table(capsys.readouterr().out)
    assert command("-m", *tiny, "seed=1", "fold=0,1,2,3,4", "hydra.sweep.dir=folds") == 0
    assert last_table(capsys.readouterr().out) == run
    by_fold = [row for fold in range(5) for row in rows(cell(tmp_path / "folds", f"fold={fold}"))]
    assert by_fold == rows(tmp_path / "all")


def test_a_launcher_that_is_not_installed_is_one_line(tiny, tmp_path, command, capsys, monkeypatch) -> None:
    monkeypatch.setattr(callback, "find_spec", lambda name: None)
    for launcher, extra in {**LAUNCHERS, "submitit_slurm": "submitit"}.items():
        assert command("-m", *tiny, f"hydra/launcher={launcher}", "fold=0") == 2
        said = f"vsumlab: hydra/launcher={launcher}: is not installed: pip install 'vsumlab[{extra}]'\n"
        assert capsys.readouterr().err.endswith(said)


def test_a_worker_takes_one_device(tiny, command, capsys) -> None:
    needs("joblib")
    assert command("-m", *tiny, "hydra/launcher=joblib", "trainer=ddp", "fold=0") == 2
    error = capsys.readouterr().err
    assert "trainer.devices=auto: a worker of hydra/launcher=joblib takes one device" in error
    assert error.count("\n") == 1


SLURM = {
    "sbatch": 'for last; do :; done\ncp "$last" kept.sh\necho "Submitted batch job 4321"',
    "srun": "exit 1",
    "sacct": 'echo "JobID|State"',
}


@pytest.fixture
def slurm(tmp_path, monkeypatch) -> Path:
    """A SLURM that keeps what it is asked to run in the current folder, and never runs it."""
    needs("submitit_local")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, script in SLURM.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_slurm_is_asked_for_what_a_sweep_needs(tiny, slurm, tmp_path, command, monkeypatch) -> None:
    def at_once(self, job, overrides: Sequence[str]) -> JobReturn:
        done = JobReturn(overrides=overrides, status=JobStatus.COMPLETED)
        done.return_value = None
        return done

    monkeypatch.setattr(submitit_jobs.Submitit, "result", at_once)
    asked = ("partition=gpu", "gpus_per_node=1", "timeout_min=90", "setup=[module load cuda]", "mem_gb=8")
    words = [
        *(f"hydra.launcher.{each}" for each in asked),
        "hydra/launcher=submitit_slurm",
        "hydra.sweep.dir=sweep",
        "fold=0,1,2",
    ]
    assert command("-m", *tiny, *words) == 0
    script = (tmp_path / "kept.sh").read_text()
    for line in ("array=0-2%3", "partition=gpu", "gpus-per-node=1", "time=90", "mem=8GB", "cpus-per-task=2"):
        assert f"\n#SBATCH --{line}\n" in script
    assert "\n#SBATCH --job-name=csnet_canonical\n" in script
    assert "\nmodule load cuda\n" in script
    assert re.search(
        rf"\nsrun .*{re.escape(sys.executable)} .*submitit.* {tmp_path}/sweep/.submitit/%j", script
    )


@pytest.mark.slow
def test_an_interrupt_leaves_jobs_to_slurm(tiny, slurm, tmp_path) -> None:
    with begun(
        *module("run"), "-m", *tiny, "fold=0,1", "hydra/launcher=submitit_slurm", cwd=tmp_path
    ) as running:
        wait_for(tmp_path / "kept.sh", running)
        time.sleep(1)
        running.send_signal(signal.SIGINT)
        _, error = running.communicate(timeout=30)
    assert running.returncode == 130
    (line,) = error.splitlines()
    assert line.startswith("vsumlab: interrupted: the jobs are left to SLURM")
    assert "the same command goes on: python -m vsumlab.run -m" in line


@contextmanager
def begun(*command: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A command in a process of its own, which ends with the block at the latest."""
    with started(*command, cwd=cwd) as running:
        try:
            yield running
        finally:
            running.kill()


def wait_for(file: Path, running: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 240
    while not (file.is_file() and file.read_text()) and time.monotonic() < until:
        assert running.poll() is None, running.communicate()
        time.sleep(0.1)
    assert file.is_file()


@pytest.fixture
def waiting(tiny, tmp_path) -> Iterator[tuple[str, ...]]:
    """A sweep of which fold 1 waits for whoever ends its process, the first time."""
    waits = ("+callbacks.waits._target_=support.ranks.WaitsOnce", "+callbacks.waits.fold=1")
    return (*module("run"), "-m", *tiny, "fold=0,1,2", "hydra.sweep.dir=sweep", *waits,
            f"+callbacks.waits.file={tmp_path}/waits.txt")  # fmt: skip


def finished_files(sweep: Path) -> dict[Path, int]:
    """When each file of finished folds was last changed."""
    done = [
        file.parent for file in sweep.glob("*/fold_*/run.json") if record(file.parent)["status"] == "done"
    ]
    return {path: path.stat().st_mtime_ns for fold in done for path in fold.rglob("*")}


KILLED = {
    "joblib": (2, "hydra/launcher=joblib: A worker process managed by the executor was unexpectedly"),
    "submitit_local": (2, "ended without a result (finished): see "),
    "ray": (0, ""),  # it tries again
}


@pytest.mark.slow
@every
def test_a_killed_workers_fold_is_run_again(launcher, waiting, tmp_path) -> None:
    needs(launcher)
    command = (*waiting, f"hydra/launcher={launcher}")
    code, said = KILLED[launcher]
    with begun(*command, cwd=tmp_path) as running:
        wait_for(tmp_path / "waits.txt", running)
        until = time.monotonic() + 60
        while not (before := finished_files(tmp_path / "sweep")) and time.monotonic() < until:
            time.sleep(0.1)
        os.kill(int((tmp_path / "waits.txt").read_text()), signal.SIGKILL)
        _, error = running.communicate(timeout=120)
    assert running.returncode == code, error
    assert before
    assert "Traceback" not in error
    assert len([line for line in told(error) if said and said in line]) == bool(said), error
    again = process(*command, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert before.items() <= finished_files(tmp_path / "sweep").items()
    runs = [file.parent for file in (tmp_path / "sweep").glob("*/run.json")]
    assert sorted({fold for run in runs for fold, _ in scored(run)}) == ["0", "1", "2"]
    assert len(runs) == 3


@pytest.mark.slow
@every
@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_ended_command_ends_its_workers(launcher, number, code, word, waiting, tmp_path) -> None:
    needs(launcher)
    with begun(*waiting, f"hydra/launcher={launcher}", cwd=tmp_path) as running:
        wait_for(tmp_path / "waits.txt", running)
        worker = int((tmp_path / "waits.txt").read_text())
        assert is_running(worker)
        running.send_signal(number)
        _, error = running.communicate(timeout=30)
    assert running.returncode == code
    (line,) = told(error)
    assert line.startswith(f"vsumlab: {word}: finished folds and epochs are kept in sweep: the same command")
    until = time.monotonic() + 30
    while is_running(worker) and time.monotonic() < until:
        time.sleep(0.1)
    assert not is_running(worker)


@pytest.mark.slow
@quick
def test_a_killed_command_takes_its_workers_with_it(launcher, waiting, tmp_path) -> None:
    needs(launcher)
    with begun(*waiting, f"hydra/launcher={launcher}", cwd=tmp_path) as running:
        wait_for(tmp_path / "waits.txt", running)
        worker = int((tmp_path / "waits.txt").read_text())
        running.kill()
        running.wait()
        until = time.monotonic() + 30
        while is_running(worker) and time.monotonic() < until:
            time.sleep(0.1)
        assert not is_running(worker)
