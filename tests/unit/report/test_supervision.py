"""Whose figures owe something to labels: by the record, and by the run that a run is built on."""

import pytest
from support.run_folders import composed_run

from vsumlab.report.page import html_report
from vsumlab.report.supervision import folder_name, is_supervised, with_labels_of_bases
from vsumlab.runs.reading import Run, find_runs

BASE = ("experiment=leaderboard", "data=tvsum", "method=vs_lstm", "seed=0")
FOLDER = "elsewhere/runs/leaderboard/data=tvsum,experiment=leaderboard,method=vs_lstm,seed=0"


def labels(runs: list[Run]) -> list[bool]:
    return [is_supervised(run) for run in with_labels_of_bases(runs)]


def built_on(folder: str) -> tuple[str, ...]:
    return ("experiment=consensus_wrapper", "data=tvsum", f"method.base='{folder}'")


@pytest.mark.parametrize("had", [True, False])
@pytest.mark.parametrize("first", ["base", "wrapper"])
def test_an_earlier_record_of_what_is_built_on_labels_does_not_say_so(tmp_path, had, first) -> None:
    names = {"base": "a", "wrapper": "b"} if first == "base" else {"base": "b", "wrapper": "a"}
    composed_run(tmp_path / names["base"], {"vs_lstm": 0.4}, *BASE, supervised=had)
    composed_run(tmp_path / names["wrapper"], {"consensus": 0.4}, *built_on(FOLDER), supervised=False)
    composed_run(tmp_path / "c", {"consensus": 0.4}, *built_on(FOLDER + "1"), supervised=False)
    runs = find_runs([tmp_path])
    assert folder_name(runs["ab".index(names["base"])]) == FOLDER.removeprefix("elsewhere/runs/")
    assert labels(runs) == [had, had, False]
    assert sum(map(is_supervised, runs)) == had, "the records themselves stay as they are"


def test_a_base_may_be_called_by_its_time(tmp_path) -> None:
    base = tmp_path / "runs" / "vs_lstm_canonical" / "2026-01-01_00-00-00"
    composed_run(base, {"vs_lstm": 0.4}, "method=vs_lstm", "data=tvsum", supervised=True)
    composed_run(tmp_path / "z", {"consensus": 0.4}, *built_on(str(base)), supervised=False)
    assert labels(find_runs([tmp_path])) == [True, True]


def test_a_page_by_experiment_knows_the_base_in_another_part(tmp_path) -> None:
    composed_run(tmp_path / "a", {"vs_lstm": 0.4}, *BASE, supervised=True)
    composed_run(tmp_path / "b", {"consensus": 0.4}, *built_on(FOLDER), supervised=False)
    page = " ".join(html_report(find_runs([tmp_path]), by="experiment").split())
    rows = page[page.index("In short") : page.index("In brackets")].split("<tr>")[-2:]
    assert all("<td>yes</td>" in row for row in rows)


def test_a_record_that_says_so_needs_no_base(tmp_path) -> None:
    composed_run(tmp_path / "a", {"consensus": 0.4}, *built_on(FOLDER), supervised=True)
    assert labels(find_runs([tmp_path])) == [True]


@pytest.mark.parametrize(("recorded", "expected"), [({}, True), ({"supervised": False}, False)])
def test_a_record_without_it_goes_by_the_switch(tmp_path, recorded, expected) -> None:
    composed_run(tmp_path / "a", {"csnet": 0.4}, "method=csnet", "method.supervised=true", **recorded)
    (run,) = find_runs([tmp_path])
    assert is_supervised(run) is expected
