"""All folds of a run: which are trained, what becomes of those that fail, and who sums the run up."""

import json
import multiprocessing
import os
import time
from pathlib import Path

import pytest
import torch
from support.run_folders import made_rows, write_rows

from vsumlab import job
from vsumlab.config import changed
from vsumlab.errors import UserError
from vsumlab.job import run_at_once, run_fold, run_job, sum_up
from vsumlab.runs.claim import BusyError, DoneError
from vsumlab.runs.folder import fold_folder, status, write_record
from vsumlab.runs.record import Origin

ORIGIN = Origin("made", ["made=up"])


@pytest.fixture
def config(composed, tmp_path):
    return composed("setting.n_folds=3", run=tmp_path)


def fold_record(run: Path, fold: int) -> dict[str, object]:
    content: dict[str, object] = json.loads((fold_folder(run, fold) / "run.json").read_text())
    return content


@pytest.mark.parametrize("error", [BusyError("somebody is at work"), DoneError("it is done")])
def test_a_fold_that_is_done_or_anothers_is_left_alone(config, tmp_path, monkeypatch, error) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(job, "train", refuse)
    run_fold(changed(config, fold=1), ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_a_fold_that_fails_is_recorded_in_its_folder(config, tmp_path, monkeypatch) -> None:
    def fail(*_: object) -> None:
        fold_folder(tmp_path, 1).mkdir()
        raise ArithmeticError("not a number\nsecond line")

    monkeypatch.setattr(job, "train", fail)
    with pytest.raises(ArithmeticError):
        run_fold(changed(config, fold=1), ORIGIN)
    record = fold_record(tmp_path, 1)
    assert (record["status"], record["error"]) == ("failed", "ArithmeticError: not a number")
    assert record["overrides"] == ["made=up"]


def test_a_fold_that_is_refused_before_it_began_leaves_nothing(config, tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise UserError("no such file")

    monkeypatch.setattr(job, "train", refuse)
    with pytest.raises(UserError):
        run_fold(changed(config, fold=1), ORIGIN)
    assert list(tmp_path.iterdir()) == []


def test_a_finished_fold_stays_finished_where_its_data_is_gone(config, tmp_path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise UserError("no such file")

    monkeypatch.setattr(job, "train", refuse)
    folder = fold_folder(tmp_path, 1)
    folder.mkdir()
    write_record(folder / "run.json", {"status": "done"})
    with pytest.raises(UserError):
        run_fold(changed(config, fold=1), ORIGIN)
    assert status(folder) == "done"


def test_a_run_is_its_folds_in_turn_and_is_not_summed_up_without_one(
    config, tmp_path, monkeypatch, caplog
) -> None:
    trained = []
    monkeypatch.setattr(job, "run_fold", lambda each, origin: trained.append(each.fold))
    assert run_job(config) == {}
    assert trained == [0, 1, 2]
    assert config.fold == "all", "it is not changed"
    assert "some folds are left to other processes" in caplog.text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml"]
    trained.clear()
    run_job(changed(config, fold=1, paths__run=str(tmp_path / "other")))
    assert trained == [1]


def test_without_a_terminal_each_fold_that_is_done_is_a_line_where_there_are_several(
    config, tmp_path, monkeypatch, capsys
) -> None:
    def finish(each, origin) -> None:
        if each.fold != 1:  # which another process has
            write_record(fold_folder(Path(each.paths.run), each.fold) / "run.json", {"status": "done"})

    for fold in range(3):
        fold_folder(tmp_path, fold).mkdir()
    monkeypatch.setattr(job, "run_fold", finish)
    run_job(config)
    assert capsys.readouterr().err.splitlines() == [
        "vsumlab: fold 0 is done, 1 of 3",
        "vsumlab: fold 2 is done, 2 of 3",
    ]
    fold_folder(tmp_path / "other", 1).mkdir(parents=True)
    run_job(changed(config, fold=1, paths__run=str(tmp_path / "other")))
    assert capsys.readouterr().err == ""


def test_a_run_needs_a_folder(composed) -> None:
    with pytest.raises(UserError, match=r"paths\.run: names no folder"):
        run_job(composed(run="null"))


def test_a_folder_of_another_configuration_is_refused(config, monkeypatch) -> None:
    monkeypatch.setattr(job, "run_fold", lambda *_: None)
    run_job(config)
    run_job(changed(config, folds_at_once=1))
    with pytest.raises(UserError, match=r"of another configuration \(seed: 0, now 1\)"):
        run_job(changed(config, seed=1))


def test_a_table_that_no_paper_has_is_refused_before_training(config, tmp_path) -> None:
    with pytest.raises(UserError, match=r"published=nonsense: expected one of .*csnet table 2"):
        run_job(changed(config, published="nonsense"))
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_summed_up_once(config, tmp_path, monkeypatch) -> None:
    finished = []

    def finish(run: Path, *_: object) -> object:
        finished.append(run)
        write_record(run / "run.json", {"status": "done", "metrics": {"test/f1": 0.5}, "main_scorer": "a"})
        return made_rows({"a": 0.4}, (0, 1), 0, "tvsum")

    monkeypatch.setattr(job, "finish_run", finish)
    monkeypatch.setattr("vsumlab.report.contents.run_tables", lambda run: [])
    for fold in (0, 1):
        folder = fold_folder(tmp_path, fold)
        folder.mkdir()
        write_rows(folder, made_rows({"a": 0.4}, (fold,), 0, "tvsum"))
        assert sum_up(tmp_path, config, ORIGIN, [0, 1]) == {}, "a fold is missing"
        write_record(folder / "run.json", {"status": "done"})
    assert sum_up(tmp_path, config, ORIGIN, [0, 1]) == {"test/f1": 0.5}
    assert sum_up(tmp_path, config, ORIGIN, [0, 1]) == {}, "somebody has done so"
    assert finished == [tmp_path]


@pytest.fixture
def forks(monkeypatch) -> None:
    """Processes that are there at once, for folds whose work is made up."""
    fork = multiprocessing.get_context("fork")
    monkeypatch.setattr(job.multiprocessing, "get_context", lambda _: fork)


@pytest.mark.usefixtures("forks")
@pytest.mark.parametrize(("threads", "each"), [(None, 2), (1, 1), (4, 4)])
def test_folds_at_once_are_so_many_and_share_the_threads(
    config, tmp_path, monkeypatch, capsys, threads, each
) -> None:
    def work(content, origin) -> None:
        folder = fold_folder(Path(content["paths"]["run"]), content["fold"])
        folder.mkdir()
        (folder / "at_work").touch()
        time.sleep(0.2)
        at_work = len(list(folder.parent.glob("*/at_work")))
        (folder / "at_work").unlink()
        said = {"status": "done", "threads": content["threads"], "at_work": at_work, "pid": os.getpid()}
        write_record(folder / "run.json", said)

    monkeypatch.setattr(job, "fold_process", work)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 5)
    configs = [changed(config, fold=fold, folds_at_once=2, threads=threads) for fold in range(5)]
    run_at_once(configs, ORIGIN)
    records = [fold_record(tmp_path, fold) for fold in range(5)]
    assert {record["threads"] for record in records} == {each}
    assert max(record["at_work"] for record in records) == 2
    assert len({record["pid"] for record in records} - {os.getpid()}) == 5
    said = capsys.readouterr().err.splitlines()
    assert sorted(line.split()[2] for line in said) == list("01234")
    assert said[-1].endswith("is done, 5 of 5")


@pytest.mark.usefixtures("forks")
def test_folds_that_fail_or_are_killed_are_named_when_all_have_ended(config, tmp_path, monkeypatch) -> None:
    def work(content, origin) -> None:
        folder = fold_folder(Path(content["paths"]["run"]), content["fold"])
        if content["fold"] == 0:
            os._exit(3)
        folder.mkdir()
        write_record(folder / "run.json", {"status": "done"})

    monkeypatch.setattr(job, "fold_process", work)
    with pytest.raises(UserError, match=r"^fold_0 failed: RuntimeError: ended with exit code 3$"):
        run_at_once([changed(config, fold=fold, folds_at_once=2) for fold in range(3)], ORIGIN)
    assert [status(fold_folder(tmp_path, fold)) for fold in range(3)] == ["failed", "done", "done"]


def test_a_fold_killed_when_it_was_done_leaves_nothing_behind(composed, tmp_path, monkeypatch) -> None:
    def done(*_: object) -> None:
        raise DoneError("is finished")

    monkeypatch.setattr("vsumlab.job.train", done)
    (tmp_path / "fold_0").mkdir()
    (tmp_path / "fold_0" / "unfinished_before.ckpt").touch()
    run_fold(composed("fold=0", run=tmp_path), Origin("vsumlab run", []))
    assert not [*(tmp_path / "fold_0").iterdir()]
