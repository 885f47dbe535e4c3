"""Which tables a report and a run have."""

import pytest
from support.run_folders import made_run

from vsumlab.errors import UserError
from vsumlab.report.compare import compare
from vsumlab.report.contents import difference_tables, fold_tables, report_tables, result_tables, run_tables
from vsumlab.runs.reading import find_runs


def titles(tables) -> list[str]:
    return [table.title for table in tables]


def test_a_report_has_metrics_differences_and_how_it_was_made_in_this_order(tmp_path) -> None:
    for dataset in ("tvsum", "summe"):
        made_run(tmp_path / dataset, {"ours": 0.4, "theirs": 0.5}, dataset=dataset)
    assert titles(report_tables(find_runs([tmp_path]), "theirs")) == [
        "summe · canonical",
        "tvsum · canonical",
        "summe: differences from theirs",
        "tvsum: differences from theirs",
        "How the runs were made",
    ]


def test_a_row_that_there_is_not_is_refused(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4})
    with pytest.raises(UserError, match="against=nobody"):
        report_tables(find_runs([tmp_path]), "nobody")


def test_published_figures_alone_have_no_differences_and_no_folds(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4}, published="csnet table 3")
    comparisons = compare(find_runs([tmp_path]))
    assert titles(result_tables(comparisons)) == [
        "tvsum · canonical",
        "summe · canonical · published figures, nothing measured",
    ]
    assert titles(difference_tables(comparisons)) == ["tvsum: differences from random"]
    assert titles(fold_tables(comparisons)) == ["tvsum: τ fold by fold", "tvsum: F1 % fold by fold"]


def test_of_one_fold_there_are_none_fold_by_fold(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4}, folds=(1,))
    assert fold_tables(compare(find_runs([tmp_path]))) == []


def test_a_run_ends_in_the_report_of_it_alone_with_its_name_and_folds(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4}, seed=3, name="mine", remarks=["a smoke run"])
    made_run(tmp_path / "two", {"ours": 0.5}, seed=4, name="mine")
    results, *folds = run_tables(tmp_path / "one")
    (of_a_report, *_) = report_tables(find_runs([tmp_path / "one"]))
    assert results.title == "tvsum · canonical · mine, seed 3 · a smoke run"
    assert (results.header, results.rows, results.notes) == of_a_report[1:], "by the same code"
    assert titles(folds) == [
        f"tvsum: {name} fold by fold · mine, seed 3 · a smoke run" for name in ("τ", "F1 %")
    ]


def test_a_runs_table_has_no_published_table_of_another_dataset(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4}, published="csnet table 3")
    assert not [title for title in titles(run_tables(tmp_path / "one")) if title.startswith("summe")]
