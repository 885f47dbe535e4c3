"""No two processes work in one folder; what a dead one left is no obstacle."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from vsumlab.errors import UserError
from vsumlab.runs.claim import BusyError, DoneError, claim_file, claimed, locked
from vsumlab.runs.folder import fold_folder, status, write_record

FORK = multiprocessing.get_context("fork")
"""Quick, and safe: what is forked here only works on files."""


def finish(folder: Path, **record: object) -> None:
    """Leaves in a folder what a finished run or fold leaves."""
    folder.mkdir(parents=True, exist_ok=True)
    write_record(folder / "run.json", {"status": "done", **record})


@pytest.mark.parametrize("name", ["run", "fold_0"])
def test_one_process_at_a_time_may_work_in_a_folder(tmp_path, name) -> None:
    folder = tmp_path / "made" / name
    with locked(folder) as first, locked(folder) as second:
        assert (first, second) == (True, False)
    with locked(folder) as again:
        assert again


def test_folds_do_not_stand_in_each_others_way_nor_in_their_runs(tmp_path) -> None:
    with (
        locked(tmp_path) as run,
        locked(fold_folder(tmp_path, 0)) as one,
        locked(fold_folder(tmp_path, 1)) as other,
    ):
        assert run
        assert one
        assert other


def test_a_folds_lock_is_not_in_the_folder_that_may_be_made_anew(tmp_path) -> None:
    fold = fold_folder(tmp_path, 3)
    with claimed(fold):
        assert not fold.exists()
        assert claim_file(fold).parent == tmp_path
        with pytest.raises(BusyError), claimed(fold):
            pass


@pytest.mark.parametrize("record", [None, {"status": "failed", "error": "ValueError: no"}])
def test_what_was_left_unfinished_is_left_to_who_goes_on_with_it(tmp_path, record) -> None:
    fold = fold_folder(tmp_path, 0)
    fold.mkdir()
    (fold / "metrics.csv").write_text("epoch\n0\n")
    if record:
        write_record(fold / "run.json", record)
    with claimed(fold):
        assert (fold / "metrics.csv").exists()


def test_what_is_done_is_refused_and_left_as_it_is(tmp_path) -> None:
    fold = fold_folder(tmp_path, 0)
    finish(fold, metrics={"test/f1": 0.5})
    (fold / "last.ckpt").write_text("weights")
    said = r"fold_0: is finished: choose another folder, or move this one away"
    with pytest.raises(DoneError, match=said), claimed(fold):
        raise AssertionError("nobody may work here")
    assert sorted(file.name for file in fold.iterdir()) == ["last.ckpt", "run.json"]


def test_what_another_process_is_making_is_refused_and_left_as_it_is(tmp_path) -> None:
    fold = fold_folder(tmp_path, 0)
    with claimed(fold):
        fold.mkdir()
        (fold / "metrics.csv").touch()
        with pytest.raises(BusyError, match=r"fold_0: another process is at work there"), claimed(fold):
            raise AssertionError("nobody else may work here")
        assert (fold / "metrics.csv").exists()


def test_no_lock_is_left_where_the_work_is_done(tmp_path) -> None:
    fold = fold_folder(tmp_path, 0)
    with pytest.raises(KeyboardInterrupt), claimed(fold):
        raise KeyboardInterrupt
    with claimed(fold):
        finish(fold)
    assert [file.name for file in tmp_path.rglob("*")] == ["fold_0", "run.json"]


def hold(folder: Path, pipe) -> None:
    with claimed(folder):
        folder.mkdir()
        (folder / "half").touch()
        pipe.send("at work")
        time.sleep(60)


def test_a_process_that_is_killed_lets_go(tmp_path) -> None:
    fold = fold_folder(tmp_path, 0)
    ours, theirs = FORK.Pipe()
    process = FORK.Process(target=hold, args=(fold, theirs))
    process.start()
    try:
        assert ours.recv() == "at work"
        with pytest.raises(BusyError), claimed(fold):
            pass
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        with claimed(fold):
            pass
    finally:
        process.kill()


def share(run: Path, n_folds: int, begin, name: str) -> None:
    begin.wait()
    for index in range(n_folds):
        fold = fold_folder(run, index)
        try:
            with claimed(fold):
                fold.mkdir()
                time.sleep(0.02)
                with (run / "log").open("a") as log:
                    log.write(f"{index} {name}\n")
                finish(fold)
        except (BusyError, DoneError):
            pass


def test_processes_share_folds_and_each_is_done_once(tmp_path) -> None:
    begin, n_folds = FORK.Barrier(3), 8
    processes = [FORK.Process(target=share, args=(tmp_path, n_folds, begin, name)) for name in "abc"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    work = [line.split() for line in (tmp_path / "log").read_text().splitlines()]
    assert sorted(int(index) for index, _ in work) == list(range(n_folds))
    assert len({name for _, name in work}) > 1
    assert all(status(fold_folder(tmp_path, index)) == "done" for index in range(n_folds))
    assert not [file for file in tmp_path.iterdir() if file.name.endswith(".running")]


def test_a_place_where_nothing_can_be_written_is_one_line(tmp_path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UserError, match=r"fold_0: cannot be written \(.+\): choose another place"),
        claimed(tmp_path / "file" / "fold_0"),
    ):
        pytest.fail("nothing can be written here")
