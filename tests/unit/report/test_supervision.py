"""Whose figures owe something to labels: by the record, and by the run that a run is built on."""

import pytest
from support.run_folders import composed_run

from vsumlab.report.supervision import folder_name, is_supervised, learned_from_labels
from vsumlab.runs.reading import find_runs

BASE = ("experiment=leaderboard", "data=tvsum", "method=vs_lstm", "seed=0")
FOLDER = "elsewhere/runs/leaderboard/data=tvsum,experiment=leaderboard,method=vs_lstm,seed=0"


def built_on(folder: str) -> tuple[str, ...]:
    return ("experiment=consensus_wrapper", "data=tvsum", f"method.base='{folder}'")


@pytest.mark.parametrize("labels", [True, False])
@pytest.mark.parametrize("first", ["base", "wrapper"])
def test_an_earlier_record_of_what_is_built_on_labels_does_not_say_so(tmp_path, labels, first) -> None:
    names = {"base": "a", "wrapper": "b"} if first == "base" else {"base": "b", "wrapper": "a"}
    composed_run(tmp_path / names["base"], {"vs_lstm": 0.4}, *BASE, supervised=labels)
    composed_run(tmp_path / names["wrapper"], {"consensus": 0.4}, *built_on(FOLDER), supervised=False)
    composed_run(tmp_path / "c", {"consensus": 0.4}, *built_on(FOLDER + "1"), supervised=False)
    runs = find_runs([tmp_path])
    assert folder_name(runs["ab".index(names["base"])]) == FOLDER.removeprefix("elsewhere/runs/")
    assert learned_from_labels(runs) == [labels, labels, False]


def test_a_record_that_says_so_needs_no_base(tmp_path) -> None:
    composed_run(tmp_path / "a", {"consensus": 0.4}, *built_on(FOLDER), supervised=True)
    assert learned_from_labels(find_runs([tmp_path])) == [True]


@pytest.mark.parametrize(("recorded", "expected"), [({}, True), ({"supervised": False}, False)])
def test_a_record_without_it_goes_by_the_switch(tmp_path, recorded, expected) -> None:
    composed_run(tmp_path / "a", {"csnet": 0.4}, "method=csnet", "method.supervised=true", **recorded)
    (run,) = find_runs([tmp_path])
    assert is_supervised(run) is expected
