"""The leaderboard's picture has the methods of its table, where their differences from random scores are."""

import re

import pytest
from support.run_folders import composed_run

from vsumlab.report.board import boards
from vsumlab.report.compare import compare
from vsumlab.report.pictures import forest_rows, leaderboard_pictures
from vsumlab.runs.reading import find_runs

METHODS = {"motion": 0.2, "rarity": 0.5, "csnet": 0.4}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Three methods without labels, and csnet with them; one on one fold alone, one on SumMe."""
    folder = tmp_path_factory.mktemp("runs")
    for method, level in METHODS.items():
        own = {method: level, f"{method}_more": 0.9}
        composed_run(folder / method, own, "data=tvsum", f"method={method}", main_scorer=method)
    composed_run(
        folder / "supervised",
        {"csnet_supervised": 0.7},
        *("data=tvsum", "method=csnet", "method.supervised=true"),
        main_scorer="csnet_supervised",
        supervised=True,
    )
    composed_run(
        folder / "one fold", {"vsumm": 0.6}, "data=tvsum", "method=vsumm", folds=(0,), main_scorer="vsumm"
    )
    composed_run(folder / "summe", {"csnet": 0.3}, "data=summe", "method=csnet", dataset="summe")
    return find_runs([folder])


def words(svg: str) -> list[str]:
    return re.findall(">([^<\n]+)</text>", svg)


def test_main_scorers_stand_in_the_order_of_the_table_those_with_labels_after_them(runs) -> None:
    tvsum, summe = sorted(leaderboard_pictures(boards(runs)), key=lambda picture: picture.file, reverse=True)
    assert (tvsum.file, summe.file) == ("tvsum_canonical.svg", "summe_canonical.svg")
    shown = [
        word for word in words(tvsum.svg) if word.split(",")[0] in (*METHODS, "vsumm", "human", "random")
    ]
    assert shown == ["rarity", "csnet", "motion", "csnet, with labels", "human"]
    assert [word for word in words(summe.svg) if word in (*METHODS, "human")] == ["csnet", "human"]
    assert "tvsum, canonical" in tvsum.caption


def test_a_row_has_the_differences_of_its_line_and_random_has_none(runs) -> None:
    (comparison,) = compare([run for run in runs if run.config["data.name"] == "tvsum"])
    rows = forest_rows(comparison, comparison.lines["scorer"] + "!")
    assert "random!" not in [row.name for row in rows]
    by_line = {row.name.removesuffix("!"): row for row in rows}
    for number, scorer in comparison.lines["scorer"].items():
        if scorer != "random":
            assert by_line[scorer].tau == comparison.from_random(number, "kendall_tau")
            assert by_line[scorer].f1 == comparison.from_random(number, comparison.headline)
