"""All results as one table: each once, with the setting, group and number of its run."""

import pandas as pd
import pytest
from support.run_folders import made_run, write_rows

from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.report.tidy import same_metrics, tidy
from vsumlab.runs.reading import find_runs


def test_there_is_a_row_for_each_video_scorer_fold_and_seed(tmp_path) -> None:
    written = {seed: made_run(tmp_path / f"{seed}", {"a": 0.4, "b": 0.5}, seed=seed) for seed in (0, 1)}
    made_run(tmp_path / "2", {}, status="failed", error="no")
    rows = tidy(find_runs([tmp_path]), [0, 0, 0])
    assert [*rows] == [*COLUMNS, "run", "group", "setting"]
    found = {tuple(row[name] for name in COLUMNS) for _, row in rows.iterrows() if row["scorer"] in "ab"}
    assert found == {tuple(row) for each in written.values() for row in each if row.scorer in "ab"}
    assert set(zip(rows["seed"], rows["run"], strict=True)) == {(0, 0), (1, 1)}
    assert set(rows["setting"]) == {"canonical"}


def test_what_was_run_twice_is_there_once(tmp_path) -> None:
    for name in ("a", "b"):
        made_run(tmp_path / name, {"ours": 0.4})
    runs = find_runs([tmp_path])
    assert len(tidy(runs, [0, 0])) == len(runs[0].rows)
    assert len(tidy(runs, [0, 1])) == 2 * len(runs[0].rows), "of other groups each has its own"


def test_what_came_out_differently_is_refused_and_both_runs_are_named(tmp_path) -> None:
    rows = made_run(tmp_path / "a", {"ours": 0.4})
    made_run(tmp_path / "b", {"ours": 0.4})
    write_rows(
        tmp_path / "b",
        [
            row._replace(f1_mean=0.9) if (row.scorer, row.video) == ("ours", "video_5") else row
            for row in rows
        ],
    )
    runs = find_runs([tmp_path])
    said = rf"{tmp_path}/b: fold 1, seed 0: came out differently in {tmp_path}/a: name only one of them"
    with pytest.raises(UserError, match=said):
        tidy(runs, [0, 0])
    assert len(tidy(runs, [0, 1])) == 2 * len(rows)


def test_digits_that_a_study_does_not_keep_are_no_difference() -> None:
    rows = pd.DataFrame(
        [
            (0, 0, "tvsum", "video_1", "ours", 1 / 3, 0.5, 0.1, None, 0.01, 1.0),
            (0, 0, "tvsum", "video_1", "ours", 0.333333, 0.5, 0.1, None, 0.01, 1.0),
            (0, 0, "tvsum", "video_1", "ours", 0.3334, 0.5, 0.1, None, 0.01, 1.0),
            (0, 0, "tvsum", "video_2", "ours", 0.3334, 0.5, 0.1, 0.2, 0.01, 1.0),
        ],
        columns=COLUMNS,
    )
    assert same_metrics(rows, ["fold", "video"]).tolist() == [True, True, False, True]
    assert same_metrics(rows[:0], ["fold", "video"]).empty


def test_without_finished_runs_there_are_columns_of_the_same_kinds(tmp_path) -> None:
    made_run(tmp_path / "done", {"ours": 0.4})
    done = tidy(find_runs([tmp_path]), [0])
    none = tidy([], [])
    assert [*none] == [*done]
    assert none.empty
    for name in ("fold", "f1_mean", "kendall_tau", "run", "group"):
        assert none[name].dtype == done[name].dtype
