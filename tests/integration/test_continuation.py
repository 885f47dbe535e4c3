"""A training that is killed at any moment goes on, and comes to what it would have come to, bit for bit."""

import json
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from support.methods import METHOD_FILES, made_method, small
from support.runs import is_running, module, process, record, scored, started
from support.stopped import Server, left_by, server

from vsumlab.methods.summarizer import Summarizer
from vsumlab.runs.checkpoints import UNFINISHED, is_whole, remove_unfinished

TRAINED = {name: type(method) for name in METHOD_FILES if (method := made_method(*small(name))).learns}
"""All that `method=NAME` can name and that trains, and what it is."""
ONE_OF_EACH = [*{method: name for name, method in reversed(TRAINED.items())}.values()]
SELECTIONS = ("last", "test_oracle")


@pytest.fixture(scope="module")
def folds(tmp_path_factory) -> Iterator[Server]:
    """Processes of folds."""
    with server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def content(composed, tiny_file, tmp_path):
    """The configuration of a small fold, in a folder of its name."""

    def make(folder: str, name: str, *overrides: str) -> dict[str, Any]:
        config = composed(
            *small(name),
            "data=tvsum",
            f"data.file={tiny_file}",
            "fold=0",
            "batch_size=3",
            "random_draws=2",
            "trainer.max_epochs=4",
            "trainer=cpu",
            "callbacks.figures.videos=0",
            *overrides,
            run=tmp_path / folder,
        )
        whole: Any = OmegaConf.to_container(config, resolve=True)
        return dict(whole)

    return make


def assert_goes_on(folds: Server, content, tmp_path: Path, name: str, kills: int, *overrides: str) -> None:
    """That a fold ends as one that was not stopped, though it is killed at moments drawn from its whole time.

    Its folder is moved each time.
    """
    takes = folds.train(content("whole", name, *overrides))
    expected = left_by(tmp_path / "whole" / "fold_0")
    draws = random.Random(f"{name} {overrides}")
    stopped = 0
    while stopped < kills:
        done = False
        place = tmp_path / f"stopped_{stopped}"
        while stopped < kills and not done:
            done = not folds.kill(content(place.name, name, *overrides), takes * draws.random())
            stopped += not done
            if not done:
                place = place.rename(tmp_path / f"stopped_{stopped}")
        if not done:
            folds.train(content(place.name, name, *overrides))
            assert not any((place / "fold_0" / each).exists() for each in UNFINISHED)
        remove_unfinished(place / "fold_0")  # as a job does, of one that was killed just before it could
        assert left_by(place / "fold_0") == expected
        shutil.rmtree(place)


@pytest.mark.parametrize(("name", "selection"), [*zip(ONE_OF_EACH, cycle(SELECTIONS))])
def test_every_method_that_is_killed_goes_on_to_the_same_end(
    folds, content, tmp_path, name, selection
) -> None:
    assert_goes_on(folds, content, tmp_path, name, 2, f"selection={selection}")


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_method_of_ones_own_goes_on_with_its_schedule_and_callbacks(
    folds, content, tmp_path, kills
) -> None:
    own = "{_target_: pytorch_lightning.callbacks.ModelCheckpoint, monitor: train/loss, save_last: true}"
    stop = "{_target_: pytorch_lightning.callbacks.EarlyStopping, monitor: train/loss, patience: 2}"
    method = ("method._target_=support.scheduled.Scheduled", "trainer.max_epochs=9")
    callbacks = (f"+callbacks.own={own}", f"+callbacks.stop={stop}")
    assert_goes_on(folds, content, tmp_path, "vasnet", kills, *method, *callbacks)


VALIDATED = [
    name for name in ONE_OF_EACH if TRAINED[name].validation_losses is not Summarizer.validation_losses
]


@pytest.mark.slow
@pytest.mark.parametrize("name", VALIDATED)
def test_the_choice_on_held_out_videos_goes_on(folds, content, tmp_path, name) -> None:
    assert_goes_on(folds, content, tmp_path, name, 5, "selection=validation")


@pytest.mark.slow
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_every_method_goes_on_however_often_it_is_killed(folds, content, tmp_path, name, selection) -> None:
    assert_goes_on(folds, content, tmp_path, name, 10, f"selection={selection}")


def second_process(first: int) -> int:
    """The process that Lightning has started for the second device."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
                if parent == first and "train_ddp_process_1" in (stat.parent / "cmdline").read_text():
                    return int(stat.parent.name)
        time.sleep(0.1)
    raise AssertionError("there is none")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("which", ["first", "second"])
def test_whichever_process_is_ended_all_are_and_go_on(tmp_path, tiny, which, number) -> None:
    devices = ("trainer.devices=2", "trainer=cpu", "hydra.run.dir=run", "setting.n_folds=2")
    waits = [f"+callbacks.waits.{entry}" for entry in ("fold=1", "_target_=support.ranks.WaitsOnce")]
    command = (*module("run"), *tiny, *devices, *waits, "+callbacks.waits.file=waiting.txt")
    with started(*command, cwd=tmp_path, OMP_NUM_THREADS="1") as running:
        other = second_process(running.pid)
        until = time.monotonic() + 120
        while not (tmp_path / "waiting.txt").is_file() and time.monotonic() < until:
            time.sleep(0.1)
        begun = time.monotonic()
        os.kill(running.pid if which == "first" else other, number)
        _, error = running.communicate(timeout=60)
    assert time.monotonic() - begun < 30
    assert running.returncode != 0
    killed_itself = which == "first" and number == signal.SIGKILL
    assert len(error.splitlines()) == (1 if killed_itself else 2), error
    assert killed_itself or "the same command goes on" in error.splitlines()[-1]
    until = time.monotonic() + 10
    while is_running(other) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(other), "no orphan is left"
    again = process(*command, cwd=tmp_path, OMP_NUM_THREADS="1")
    assert again.returncode == 0, again.stderr
    assert len(scored(tmp_path / "run")) == 10


@pytest.mark.parametrize("blocks", [16, *(pytest.param(each, marks=pytest.mark.slow) for each in (1, 4, 64))])
def test_without_room_for_a_file_it_is_one_line_and_goes_on_once_there_is(tmp_path, tiny, blocks) -> None:
    """No file may be longer than so many kilobytes: the system refuses the rest of it, as on a full disk."""
    command = (*module("run"), *tiny, "setting.n_folds=2", "trainer.max_epochs=2", "hydra.run.dir=run")
    limited = ("bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", *command)
    stopped = process(*limited, cwd=tmp_path, OMP_NUM_THREADS="1")
    assert stopped.returncode == 2, stopped.stderr
    (line,) = stopped.stderr.splitlines()
    assert line.startswith("vsumlab: ")
    assert "cannot be written (File too large)" in line
    for file in tmp_path.rglob("*.ckpt"):
        assert is_whole(file)
    for file in tmp_path.rglob("*.json"):
        json.loads(file.read_text())
    again = process(*command, cwd=tmp_path, OMP_NUM_THREADS="1")
    assert again.returncode == 0, again.stderr
    assert len(scored(tmp_path / "run")) == 10


def assert_repeats(folds: Server, content, tmp_path: Path, name: str) -> None:
    """That whoever reads the training videos, a fold ends the same."""
    for workers in (0, 1, 2):
        folds.train(content(f"{workers}", name, f"workers={workers}"))
    whole, one, two = (left_by(tmp_path / f"{workers}" / "fold_0") for workers in (0, 1, 2))
    assert whole == one
    assert whole == two


@pytest.mark.parametrize("name", ["csnet", "contrastive"])
def test_workers_change_no_bit(folds, content, tmp_path, name) -> None:
    assert_repeats(folds, content, tmp_path, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", TRAINED)
def test_workers_change_no_bit_of_any_method(folds, content, tmp_path, name) -> None:
    assert_repeats(folds, content, tmp_path, name)


def test_a_sweeps_cell_goes_on_by_its_folder(command, tiny, tmp_path, monkeypatch) -> None:
    """Also where the experiment is a sweep: one run is made, in that folder."""
    arguments = ("experiment=csnet_m", *tiny, "setting.n_folds=2", "method.divisions=2", "seed=0")
    with monkeypatch.context() as patch:
        patch.setattr("vsumlab.train.predict", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert command(*arguments) == 130
    (cell,) = (path for path in tmp_path.glob("runs/*/*") if path.is_dir())
    assert command(f"resume={cell}") == 0
    assert record(cell)["status"] == "done"
    assert [path for path in tmp_path.glob("runs/*/*") if path.is_dir()] == [cell]


@pytest.mark.slow
def test_a_folds_process_that_is_terminated_has_failed(tiny, tmp_path) -> None:
    waits = [f"+callbacks.waits.{entry}" for entry in ("fold=1", "_target_=support.ranks.WaitsOnce")]
    folds = ("setting.n_folds=2", "folds_at_once=2", "hydra.run.dir=run", *waits)
    command = (*module("run"), *tiny, *folds, "+callbacks.waits.file=waiting.txt")
    with started(*command, cwd=tmp_path, OMP_NUM_THREADS="1") as running:
        until = time.monotonic() + 120
        while not (tmp_path / "waiting.txt").is_file() and time.monotonic() < until:
            time.sleep(0.1)
        os.kill(int((tmp_path / "waiting.txt").read_text()), signal.SIGTERM)
        _, error = running.communicate(timeout=120)
    assert running.returncode == 2, error
    assert "fold_1 failed: RuntimeError: ended with exit code 143" in error
    assert process(*command, cwd=tmp_path, OMP_NUM_THREADS="1").returncode == 0
