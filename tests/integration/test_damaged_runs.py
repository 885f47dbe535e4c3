"""Damaged run folders, sweeps, studies and checkpoints: read, or refused in one line, in time."""

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from support.damaged import damage
from support.run_folders import composed_run

from vsumlab.errors import UserError
from vsumlab.methods.csnet import CSNet
from vsumlab.report.board import boards
from vsumlab.report.compare import compare
from vsumlab.report.contents import report_tables
from vsumlab.report.flat import all_numbers
from vsumlab.report.leaderboard import leaderboard_tables
from vsumlab.report.markdown import markdown
from vsumlab.report.study import keep_study
from vsumlab.report.terminal import as_text
from vsumlab.runs.checkpoint_file import load_checkpoint
from vsumlab.runs.loading import load_method
from vsumlab.runs.reading import find_runs

SECONDS = 10
"""How long a case may take of a CPU, whatever else the machine does."""
FILES = ("run.json", "config.yaml", "videos.csv", "scores.h5", "fold_0/metrics.csv", "../multirun.yaml")


@pytest.fixture(scope="module")
def sweep(demo_run, tmp_path_factory) -> Path:
    """A sweep's folder: a run with everything that a run leaves, and one that is planned."""
    folder = tmp_path_factory.mktemp("sweep")
    composed_run(folder / "run", {"csnet": 0.4}, "method=csnet", "data=tvsum", "fold=0", command="made up")
    shutil.copy(demo_run / "scores.h5", folder / "run")
    (folder / "run" / "fold_0").mkdir()
    shutil.copy(demo_run / "fold_0" / "metrics.csv", folder / "run" / "fold_0")
    plan = {"sweeper": {"params": {"method": "csnet"}}, "overrides": {"task": ["data=tvsum", "fold=0"]}}
    (folder / "multirun.yaml").write_text(yaml.safe_dump({"hydra": plan}, sort_keys=False))
    return folder


@pytest.fixture(scope="module")
def study(sweep, tmp_path_factory) -> Path:
    """A study that keeps the sweep."""
    folder = tmp_path_factory.mktemp("studies") / "study"
    keep_study(folder, find_runs([sweep]))
    return folder


def read_and_shown(folder: Path) -> None:
    """All that reports make of a folder without a picture."""
    runs = find_runs([folder])
    for run in runs:
        run.traces()
    tables = report_tables(runs)
    assert "\x1b" not in as_text(tables) + markdown(tables)
    all_numbers(compare(runs, "any"))
    leaderboard_tables(boards(runs))


def only_read(folder: Path) -> None:
    """All that reports read of a folder."""
    for run in find_runs([folder]):
        run.traces()


def ends_well(work: Callable[[], object], case: str) -> bool:
    """Asserts that something works or is refused in one line, in time; whether it was refused."""
    start = time.process_time()
    said = ""
    try:
        work()
    except UserError as error:
        said = str(error)
    except BaseException as error:
        raise AssertionError(f"{case}: {error!r}") from error
    assert len(said) < 2000, case
    assert time.process_time() - start < SECONDS, case
    return bool(said)


def damaged_copies(
    whole: Path, files: tuple[str, ...], seeds: range, work, tmp_path: Path, inside: str = ""
) -> int:
    """Damages a file of a folder for each seed, and works with the folder; how often that was refused."""
    refused = 0
    for seed in seeds:
        for name in files:
            copy = shutil.copytree(whole, tmp_path / f"{seed}-{name.replace('/', '_')}")
            damage(copy / inside / name, random.Random(f"{seed} {name}"))
            refused += ends_well(lambda copy=copy: work(copy), f"{name}, seed {seed}")
            shutil.rmtree(copy)
    return refused


def test_what_is_whole_is_read(sweep, study) -> None:
    for folder in (sweep, study):
        read_and_shown(folder)
        assert any(run.done and len(run.rows) for run in find_runs([folder]))


def test_damaged_sweeps(sweep, tmp_path) -> None:
    assert damaged_copies(sweep, FILES, range(8), only_read, tmp_path, "run") >= 20


def test_damaged_studies(study, tmp_path) -> None:
    files = ("runs.json", "results.csv", "training.csv", "distributions.csv")
    assert damaged_copies(study, files, range(5), only_read, tmp_path) >= 8


def test_damaged_checkpoints(trained_fold, tmp_path) -> None:
    assert broken_checkpoints(trained_fold, range(30), tmp_path) >= 10


@pytest.mark.slow
def test_many_damaged_sweeps(sweep, tmp_path) -> None:
    assert damaged_copies(sweep, FILES, range(100, 200), read_and_shown, tmp_path, "run") >= 300


@pytest.mark.slow
def test_many_damaged_studies(study, tmp_path) -> None:
    files = ("runs.json", "results.csv", "training.csv", "distributions.csv")
    assert damaged_copies(study, files, range(100, 140), read_and_shown, tmp_path) >= 60


@pytest.mark.slow
def test_many_damaged_checkpoints(trained_fold, demo_run, tmp_path) -> None:
    assert broken_checkpoints(trained_fold, range(100, 300), tmp_path) >= 100
    small = tmp_path / "small"
    shutil.copytree(
        demo_run, small, ignore=lambda folder, names: [n for n in names if n in {*("wandb", "figures")}]
    )
    files = ("config.yaml", "fold_0/config.yaml", "fold_0/run.json", "fold_0/last.ckpt")
    assert damaged_copies(small, files, range(25), lambda run: load_method(run, 0), tmp_path) >= 40


@pytest.fixture(scope="module")
def trained_fold(demo_run) -> Path:
    """A fold's checkpoint."""
    return demo_run / "fold_0" / "last.ckpt"


def broken_checkpoints(whole: Path, seeds: range, tmp_path: Path) -> int:
    """Damages a checkpoint for each seed and loads it; how often that was refused."""
    refused = 0
    for seed in seeds:
        file = shutil.copy(whole, tmp_path / "last.ckpt")
        damage(file, random.Random(seed))
        refused += ends_well(lambda file=file: load_checkpoint(CSNet, file, None), f"checkpoint, seed {seed}")
    return refused
