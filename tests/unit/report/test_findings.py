"""What the page says in words is what the rows have."""

import math

import numpy as np
from support.run_folders import Row, made_fold, made_run

from vsumlab.report.compare import Comparison, compare
from vsumlab.report.findings import findings, in_short
from vsumlab.report.tables import results_table
from vsumlab.runs.reading import find_runs

FOLDS = (0, 1)


def mean(rows: list[Row], scorer: str, metric: str) -> float:
    """Over videos, then folds."""
    own = [[getattr(r, metric) for r in rows if (r.scorer, r.fold) == (scorer, fold)] for fold in FOLDS]
    return float(np.mean([np.mean(values) for values in own]))


def differences(rows: list[Row], scorer: str, metric: str) -> list[float]:
    """From random scores, video by video."""
    by_video = {(row.scorer, row.video): getattr(row, metric) for row in rows}
    return [by_video[scorer, video] - by_video["random", video] for name, video in by_video if name == scorer]


def compared(tmp_path, scorers: dict[str, float], **changes) -> tuple[list[Row], Comparison]:
    rows = made_run(tmp_path / "runs" / "one", scorers, **changes)
    (comparison,) = compare(find_runs([tmp_path / "runs"]))
    return rows, comparison


def test_better_and_worse_rows_are_counted_and_the_best_is_named(tmp_path) -> None:
    rows, comparison = compared(tmp_path, {"far": 0.8, "further": 0.88, "alike": 0.301, "below": 0.01})
    tau, f1 = findings(comparison)
    for said, metric, scale, digits in ((tau, "kendall_tau", 1, 3), (f1, "f1_mean", 100, 1)):
        assert (
            "2 of 4 rows are better than random scores, 1 is worse (p < 0.05, not corrected for 4 rows)"
            in said
        )
        expected = scale * np.mean(differences(rows, "further", metric))
        assert f"the best is further, by {expected:+.{digits}f} (95 % interval" in said
        people = scale * np.mean(differences(rows, "human", metric))
        assert f"people differ from random scores by {people:+.{digits}f}." in said


def test_nothing_is_best_where_chance_could_have_made_it(tmp_path) -> None:
    _, comparison = compared(tmp_path, {"alike": 0.301})
    for said in findings(comparison):
        assert "0 of 1 rows are better than random scores (p < 0.05);" in said
        assert "the best" not in said
        assert "worse" not in said


def test_few_videos_tell_nothing(tmp_path) -> None:
    _, comparison = compared(tmp_path, {"better": 0.9, "alike": 0.301}, folds=(0,))
    tau, f1 = findings(comparison)
    assert tau == "canonical, by Kendall's τ: 3 videos are too few to tell any row from random scores."
    assert f1 == "canonical, by F1 %: 3 videos are too few to tell any row from random scores."
    assert "≈" not in " ".join(in_short([("made", comparison)]).rows[0])


def test_where_there_is_no_figure_none_is_judged(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4})
    (run,) = find_runs([tmp_path])
    rows = run.rows.assign(kendall_tau=math.nan, spearman_rho=math.nan)
    (comparison,) = compare([run._replace(rows=rows)])
    tau, f1 = findings(comparison)
    assert tau == "canonical, by Kendall's τ: no row has a figure."
    assert "1 of 1 rows are better" in f1
    assert "too few" not in results_table(comparison).notes
    assert "τ" not in results_table(comparison).header


def test_an_oracle_is_no_method(tmp_path) -> None:
    _, comparison = compared(tmp_path, {"ours": 0.4, "ours (test oracle)": 0.9})
    assert all("of 1 rows" in said for said in findings(comparison))
    ((_, _, _, best, *_),) = in_short([("made", comparison)]).rows
    assert best == "ours"


def test_in_short_is_the_best_row_by_tau_next_to_random_and_people(tmp_path) -> None:
    rows, comparison = compared(tmp_path, {"ours": 0.4, "best": 0.7})
    table = in_short([("made", comparison)])
    ((experiment, on, videos, best, labels, *figures),) = table.rows
    assert (experiment, on, videos, best, labels) == ("made", "tvsum, canonical", "7", "best", "no")
    assert len(figures) == 6
    for metric, scale, digits, cells in (
        ("kendall_tau", 1, 3, figures[:3]),
        ("f1_mean", 100, 1, figures[3:]),
    ):
        ours, above, people = cells
        assert ours == f"{scale * mean(rows, 'best', metric):.{digits}f}"
        assert people == f"{scale * mean(rows, 'human', metric):.{digits}f}"
        assert above.startswith(f"{scale * np.mean(differences(rows, 'best', metric)):+.{digits}f} (")
        assert above.endswith(")"), "the same for every video, nearly"


def test_every_setting_has_its_own_sentences_and_its_own_best_row(tmp_path) -> None:
    for setting, scorers in {"canonical": {"a": 0.4, "b": 0.9}, "transfer": {"a": 0.9, "b": 0.4}}.items():
        made_run(tmp_path / setting, scorers, setting=setting)
    (comparison,) = compare(find_runs([tmp_path]))
    said = [sentence.split(",")[0] for sentence in findings(comparison)]
    assert said == ["canonical", "canonical", "transfer", "transfer"]
    assert [row[3] for row in in_short([("made", comparison)]).rows] == ["b", "a"]


def test_the_best_with_labels_is_another_than_the_best_without(tmp_path) -> None:
    more = made_run(tmp_path / "a", {"b": 0.4, "with": 0.9}, overrides=("x=1",), supervised=True)
    rows = more + made_run(tmp_path / "b", {"without": 0.7}, overrides=("x=2",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert [row[3:5] for row in in_short([("made", comparison)]).rows] == [
        ["without (x=2)", "no"],
        ["with (x=1)", "yes"],
    ]
    tau, f1 = findings(comparison)
    for said, metric, scale, digits in ((tau, "kendall_tau", 1, 3), (f1, "f1_mean", 100, 1)):
        assert "3 of 3 rows are better" in said
        for kind, row in {"without": "without (x=2)", "with": "with (x=1)"}.items():
            expected = scale * np.mean(differences(rows, kind, metric))
            assert f"; the best {kind} labels is {row}, by {expected:+.{digits}f} (95 %" in said


def test_one_kind_is_best_where_the_other_is_like_chance(tmp_path) -> None:
    made_run(tmp_path / "a", {"with": 0.301}, overrides=("x=1",), supervised=True)
    made_run(tmp_path / "b", {"without": 0.7}, overrides=("x=2",))
    (comparison,) = compare(find_runs([tmp_path]))
    for said in findings(comparison):
        assert "the best without labels is without (x=2)" in said
        assert "with labels" not in said


def test_a_row_without_a_correlation_is_not_the_best(tmp_path) -> None:
    made_run(tmp_path / "one", {"constant": 0.4, "ours": 0.35})
    (run,) = find_runs([tmp_path])
    rows = run.rows.copy()
    rows.loc[rows["scorer"] == "constant", "kendall_tau"] = math.nan
    (comparison,) = compare([run._replace(rows=rows)])
    assert in_short([("made", comparison)]).rows[0][3] == "ours"


def test_demo_figures_are_marked(tmp_path) -> None:
    remark = {"name": "demo", "headline": "mean", "remark": "demo figures are no benchmark"}
    made_run(tmp_path / "runs" / "one", {"ours": 0.4}, dataset="demo")
    run = find_runs([tmp_path / "runs"])[0]
    run.record["dataset"] = remark
    assert "demo figures are no benchmark" in in_short([("made", *compare([run]))]).rows[0][1]


def test_a_report_of_published_figures_alone_has_nothing_in_short(tmp_path) -> None:
    made_run(tmp_path / "runs" / "one", {"ours": 0.4}, published="csnet table 2")
    measured, published = compare(find_runs([tmp_path / "runs"]))
    assert measured.measured
    assert not published.measured
    assert len(in_short([("made", measured), ("made", published)]).rows) == 1
    assert findings(published) == []


def test_smoke_runs_failed_and_unfinished_ones_are_no_findings(tmp_path) -> None:
    """Each of them would be the best row."""
    made_run(tmp_path / "whole", {"ours": 0.4}, overrides=("x=1",))
    made_run(tmp_path / "smoke", {"ours": 0.9}, overrides=("x=2", "trainer.limit_train_batches=2"))
    made_run(tmp_path / "first", {"ours": 0.9}, overrides=("x=3",))
    made_run(tmp_path / "second", {"ours": 0.9}, seed=1, overrides=("x=3",), status="failed", error="no")
    for fold in (0, 1):
        made_fold(tmp_path / "unfinished", fold, {"theirs": 0.9})
    (comparison,) = compare(find_runs([tmp_path]))
    assert sorted(filter(None, comparison.lines["missing"])) == ["1 failed", "a smoke run", "unfinished"]
    for sentence in findings(comparison):
        assert " of 1 rows " in sentence
        assert "the best is ours (x=1" in sentence
    (row,) = in_short([("", comparison)]).rows
    assert "x=1" in row[2]
