"""Whole commands with absurd values: one line, exit code 2, and nothing made."""

from pathlib import Path

import pytest
from support.refused import LONG, REFUSED
from support.runs import cell, module, process, record

QUICK = [
    ("name=../../x", "is not the name of a folder"),
    (f"name={LONG}", "a name of at most 200 bytes"),
    ("seed=9999999999999999999999", "at most 4294967295"),
    ("trainer.devices=999", "a number of processes on"),
    ("trainer=null", "a file of conf/trainer"),
    ("~workers", "workers: is missing"),
]
OF_TRAINER = ("trainer.num_nodes", "trainer.gradient_clip_val")
NOT_THERE = (*OF_TRAINER, "setting.others", "setting.folder", "data.make")
"""Entries that the configuration has only where they are added."""


def assert_refused(command, tiny, tmp_path: Path, capsys, override: str, said: str) -> None:
    """That a command with such an override ends in a line that says so, and leaves nothing anywhere."""
    if override.startswith(NOT_THERE):
        override = f"+{override}"
    before = sorted(tmp_path.parent.rglob("*"))
    fold = () if override.startswith("fold=") else ("fold=0",)
    own = (each for each in tiny if each.partition("=")[0] != override.partition("=")[0])
    assert command("trainer=cpu", *fold, *own, override) == 2
    err = capsys.readouterr().err
    assert err.startswith("vsumlab: ")
    assert said in err
    assert err.count("\n") == 1
    assert sorted(tmp_path.parent.rglob("*")) == before


@pytest.mark.parametrize(("override", "said"), QUICK, ids=lambda text: text[:40])
def test_an_absurd_command_is_refused(command, tiny, tmp_path, capsys, override, said) -> None:
    assert_refused(command, tiny, tmp_path, capsys, override, said)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("override", "said"),
    [row for row in REFUSED if row[0] != "callbacks=5"],  # a group, of which Hydra wants a file
    ids=lambda text: text[:40],
)
def test_every_absurd_command_is_refused(command, tiny, tmp_path, capsys, override, said) -> None:
    assert_refused(command, tiny, tmp_path, capsys, override, said)


@pytest.mark.slow
def test_a_process_is_refused_with_exit_code_2(tiny, tmp_path) -> None:
    for override in ("trainer.devices=999", "method.hidden_size=1000000", "logger=null"):
        ended = process(*module("run"), *tiny, "trainer=cpu", "fold=0", override, cwd=tmp_path)
        assert ended.returncode == 2
        assert ended.stderr.startswith("vsumlab: ")
        assert ended.stderr.count("\n") == 1
        assert list(tmp_path.iterdir()) == []


def test_runs_that_have_no_place_are_refused(command, tiny, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("mine")
    for sweep in ((), ("-m",)):
        assert command(*sweep, *tiny, "fold=0", "paths.runs=file/runs") == 2
        err = capsys.readouterr().err
        assert "cannot be written (Not a directory): choose another place with paths.runs=FOLDER" in err
        assert err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "mine"


def test_a_sweep_in_a_folder_elsewhere_is_refused(command, tiny, tmp_path, capsys) -> None:
    assert command("-m", *tiny, "fold=0,1", "name=../../x") == 2
    assert capsys.readouterr().err.startswith("vsumlab: name=../../x: is not the name of a folder")
    assert list(tmp_path.iterdir()) == []


def test_a_bad_run_of_a_sweep_ends_and_the_others_go_on(command, tiny, tmp_path, capsys) -> None:
    assert command("-m", *tiny, "fold=0", "seed=-1,0", "hydra.sweep.dir=sweep") == 2
    assert "seed=-1: expected a whole number, at least 0" in capsys.readouterr().err
    assert record(cell(tmp_path / "sweep", "seed=-1"))["status"] == "failed"
    assert record(cell(tmp_path / "sweep", "seed=0"))["status"] == "done"
