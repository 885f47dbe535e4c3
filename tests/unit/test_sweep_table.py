"""What a sweep ends in."""

import json

import pytest
from omegaconf import OmegaConf
from support.run_folders import made_run

from vsumlab.sweep_table import SweepTable


@pytest.fixture
def end(tmp_path, capsys):
    """Ends the sweep in a folder; gives what is printed."""

    def call() -> str:
        SweepTable().on_multirun_end(OmegaConf.create({"hydra": {"sweep": {"dir": str(tmp_path)}}}))
        return capsys.readouterr().out

    return call


def test_a_sweep_ends_in_one_table_of_all_its_runs_and_the_command_for_more(end, tmp_path) -> None:
    for x in (1, 2):
        made_run(tmp_path / f"x={x}", {"ours": 0.4}, overrides=(f"x={x}",))
    made_run(tmp_path / "x=3", {}, overrides=("x=3",), status="failed", error="no")
    shown = end()
    lines = [line.split() for line in shown.splitlines()]
    assert [line[1] for line in lines if line[:1] == ["ours"]] == ["x=1", "x=2"]
    assert ["x=3", "1", "failed"] in lines
    assert shown.count("F1 %") == 1
    assert f"vsumlab report {tmp_path}" in shown


def test_a_sweep_of_one_run_has_shown_it_already(end, tmp_path) -> None:
    made_run(tmp_path / "x=1", {"ours": 0.4}, overrides=("x=1",))
    assert end() == ""


def test_where_nothing_is_done_there_is_no_table(end, tmp_path) -> None:
    made_run(tmp_path / "x=3", {}, overrides=("x=3",), status="failed", error="no")
    assert end() == ""


def test_what_cannot_be_compared_is_a_warning(end, tmp_path, caplog) -> None:
    """The runs are done all the same."""
    for x in (1, 2):
        made_run(tmp_path / f"x={x}", {"ours": 0.4}, overrides=(f"x={x}",))
    (tmp_path / "x=2" / "run.json").write_text(json.dumps({"status": "done"}))
    assert end() == ""
    assert "no table of all runs: " in caplog.text


def test_of_several_processes_the_first_prints_it(end, tmp_path, monkeypatch) -> None:
    for x in (1, 2):
        made_run(tmp_path / f"x={x}", {"ours": 0.4}, overrides=(f"x={x}",))
    monkeypatch.setattr("vsumlab.sweep_table.is_first", lambda: False)
    assert end() == ""
