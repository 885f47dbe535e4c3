"""What stands in the tables of a report, and what is said under them."""

import shutil
import statistics as plain
from pathlib import Path

import pandas as pd
import pytest
from support.run_folders import Row, composed_run, made_run, write_rows

from vsumlab.errors import UserError
from vsumlab.report.compare import Comparison, compare
from vsumlab.report.findings import in_short
from vsumlab.report.tables import (
    TAU,
    Table,
    as_table,
    check_row,
    differences_table,
    folds_table,
    named_lines,
    results_table,
    variance_table,
)
from vsumlab.runs.reading import find_runs


def compared(folder) -> Comparison:
    (comparison,) = compare(find_runs([folder]))
    return comparison


def column(table: Table, name: str) -> list[str]:
    return [row[table.header.index(name)] for row in table.rows]


def by_fold(rows: list[Row], scorer: str, metric: str) -> dict[int, float]:
    """Means over the videos of each fold."""
    own = [row for row in rows if row.scorer == scorer]
    return {f: plain.mean(getattr(r, metric) for r in own if r.fold == f) for f in {r.fold for r in own}}


def test_a_metric_is_a_mean_with_its_spread_over_folds(tmp_path) -> None:
    rows = made_run(tmp_path / "one", {"ours": 0.4})
    table = results_table(compared(tmp_path))
    assert table.title == "tvsum · canonical"
    for name, metric, scale, digits in (
        ("F1 %", "f1_mean", 100, 1),
        ("τ", "kendall_tau", 1, 3),
        ("ρ", "spearman_rho", 1, 3),
        ("variance", "score_variance", 1, 4),
    ):
        for scorer, shown in zip(column(table, "scorer"), column(table, name), strict=True):
            folds = by_fold(rows, scorer, metric).values()
            expected = f"{scale * plain.mean(folds):.{digits}f} ± {scale * plain.stdev(folds):.{digits}f}"
            assert shown.removesuffix(" ≈") == expected
    assert "±: standard deviation over folds." in table.notes
    assert "seeds" not in table.header or column(table, "seeds")[0] == "0"


def test_seeds_have_columns_of_their_own(tmp_path) -> None:
    """± once meant the spread over folds in one row and over seeds in the next."""
    rows = {
        seed: made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=("x=1", f"seed={seed}"))
        for seed in (0, 1, 2)
    }
    made_run(tmp_path / "other", {"ours": 0.5}, overrides=("x=2",))
    table = results_table(compared(tmp_path))
    several, one = (table.rows[i] for i in (0, 1))
    for name, metric, scale, digits in (("F1 %", "f1_mean", 100, 1), ("τ", "kendall_tau", 1, 3)):
        means = {seed: by_fold(own, "ours", metric) for seed, own in rows.items()}
        of_folds = [plain.mean(means[seed][fold] for seed in means) for fold in (0, 1)]
        of_seeds = [plain.mean(each.values()) for each in means.values()]
        expected = f"{scale * plain.mean(of_seeds):.{digits}f} ± {scale * plain.stdev(of_folds):.{digits}f}"
        assert several[table.header.index(name)].removesuffix(" ≈") == expected
        beside = table.header.index(f"{name}: ± seeds")
        assert several[beside] == f"{scale * plain.stdev(of_seeds):.{digits}f}"
        assert one[beside] == "", "of one seed there is none"
    assert column(table, "seeds")[:2] == ["0–2", "0"]
    assert "±: standard deviation over folds of the means over seeds; ± seeds: over seeds." in table.notes


def test_without_a_fold_in_common_the_table_says_so(tmp_path) -> None:
    for fold in (0, 1):
        made_run(tmp_path / f"{fold}", {"ours": 0.4}, (fold,), seed=fold, overrides=(f"seed={fold}",))
    table = results_table(compared(tmp_path))
    assert table.title == "tvsum · canonical · without folds 0–1, which not every row has of every seed"
    assert table.notes == ""


def test_a_fold_that_is_left_out_is_said_above_every_figure(tmp_path) -> None:
    made_run(tmp_path / "whole", {"ours": 0.4}, overrides=("x=1",))
    made_run(tmp_path / "part", {"ours": 0.4}, (1,), overrides=("x=2",))
    table = results_table(compared(tmp_path))
    assert table.title == "tvsum · canonical · without fold 0, which not every row has of every seed"
    assert "fold 0" not in table.notes
    made_run(tmp_path / "else", {"ours": 0.4}, setting="transfer")
    assert "without fold 0 of canonical, which" in results_table(compared(tmp_path)).title


def test_what_cannot_be_told_from_random_is_marked(tmp_path) -> None:
    made_run(tmp_path / "one", {"alike": 0.301, "better": 0.9})
    table = results_table(compared(tmp_path))
    marked = dict(zip(column(table, "scorer"), column(table, "τ"), strict=True))
    assert {name for name, cell in marked.items() if cell.endswith(" ≈")} == {"alike"}
    assert not any("≈" in cell for cell in column(table, "variance")), "of which nothing is said"
    assert "≈: not distinguishable from random" in table.notes


def test_of_few_videos_nothing_is_marked_and_that_is_said(tmp_path) -> None:
    made_run(tmp_path / "one", {"alike": 0.301}, folds=(0,))
    table = results_table(compared(tmp_path))
    assert not any("≈" in cell for row in table.rows for cell in row)
    assert "Fewer than 6 videos are too few to tell anything from random." in table.notes


def test_labels_are_a_column_where_some_rows_learned_from_them(tmp_path) -> None:
    made_run(tmp_path / "a", {"with": 0.4}, overrides=("x=1",), supervised=True)
    made_run(tmp_path / "b", {"without": 0.4}, overrides=("x=2",), supervised=False)
    made_run(tmp_path / "c", {}, overrides=("x=3",), status="failed", error="no")
    made_run(tmp_path / "0", {}, overrides=("x=1",), seed=1, status="failed", error="no")
    table = results_table(compared(tmp_path))
    assert column(table, "scorer") == ["with", "without", "", "random", "human", "gtscore"]
    assert column(table, "labels") == ["yes", "no", "", "", "", ""]
    for folder in ("a", "b"):
        assert "labels" not in results_table(compared(tmp_path / folder)).header


def test_scores_from_elsewhere_say_themselves_whether_they_are_of_labels(tmp_path) -> None:
    """Their configuration has an entry for it, which is no column of the table."""
    for name in ("false", "true"):
        more = {"overrides": (f"supervised={name}",), "supervised": name == "true"}
        made_run(tmp_path / name, {"mine": 0.4}, **more)
    comparison = compared(tmp_path)
    assert column(results_table(comparison), "labels")[:2] == ["no", "yes"]
    assert [row[3] for row in in_short([("", comparison)]).rows] == ["no", "yes"]


def test_a_setting_is_a_column_where_there_are_several_and_in_the_title_where_not(tmp_path) -> None:
    for setting in ("canonical", "transfer"):
        made_run(tmp_path / setting, {"ours": 0.4}, setting=setting)
    table = results_table(compared(tmp_path))
    assert table.title == "tvsum"
    assert set(column(table, "setting")) == {"canonical", "transfer"}
    assert "setting" not in results_table(compared(tmp_path / "transfer")).header


def test_columns_that_are_empty_in_all_rows_are_left_out() -> None:
    cells = pd.DataFrame({"a": ["1", ""], "b": ["", ""], "c": ["x", "y"], "d": [None, "3"]})
    assert as_table("t", cells, "n", {"c"}) == Table("t", ["a", "d"], [["1", ""], ["", "3"]], "n")
    assert as_table("t", cells[:0], "n", set()) == Table("t", ["a", "b", "c", "d"], [], "n")


def test_differences_from_a_row_are_of_the_same_videos(tmp_path) -> None:
    rows = made_run(tmp_path / "one", {"ours": 0.4, "theirs": 0.45})
    table = differences_table(compared(tmp_path), "theirs")
    assert table.title == "tvsum: differences from theirs"
    assert column(table, "scorer") == ["ours", "random", "human", "gtscore"]
    of = {(row.scorer, row.video): row for row in rows}
    for scorer, f1, tau in zip(
        *(column(table, name) for name in ("scorer", "F1 %: difference", "τ: difference")), strict=True
    ):
        videos = {row.video for row in rows}
        expected = plain.mean(of[scorer, v].f1_mean - of["theirs", v].f1_mean for v in videos)
        assert f1 == f"{100 * expected:+.1f}"
        expected = plain.mean(of[scorer, v].kendall_tau - of["theirs", v].kendall_tau for v in videos)
        assert tau == f"{expected:+.3f}"
    assert set(column(table, "videos")) == {"7"}


def test_videos_without_a_correlation_are_counted_apart(tmp_path) -> None:
    rows = made_run(tmp_path / "one", {"ours": 0.4})
    left = [
        row._replace(kendall_tau=None) if (row.scorer, row.video) == ("ours", "video_3") else row
        for row in rows
    ]
    write_rows(tmp_path / "one", left)
    table = differences_table(compared(tmp_path), "random")
    assert dict(zip(column(table, "scorer"), column(table, "videos"), strict=True)) == {
        "ours": "7, τ 6",
        "human": "7",
        "gtscore": "7",
    }


def test_a_row_may_be_named_by_a_part_that_only_it_has(tmp_path) -> None:
    for x in (1, 2):
        made_run(tmp_path / f"{x}", {"ours": 0.4, "theirs": 0.5}, overrides=(f"x={x}",))
    comparison = compared(tmp_path)
    assert len(differences_table(comparison, "ours (x=2)").rows) == 6
    assert len(differences_table(comparison, "hum").rows) == 6
    with pytest.raises(UserError, match=r"against=x=2: names 2 rows: write one of ours \(x=2\); theirs"):
        differences_table(comparison, "x=2")
    with pytest.raises(UserError, match=r"against=nobody: names 0 rows: write one of .*gtscore"):
        check_row([comparison], "nobody")
    check_row([comparison], "x=2")


def test_a_name_that_is_whole_is_taken_before_longer_ones(tmp_path) -> None:
    made_run(tmp_path / "one", {"align": 0.4, "align,filter": 0.5})
    table = differences_table(compared(tmp_path), "align")
    assert "align" not in column(table, "scorer")
    assert "align,filter" in column(table, "scorer")


@pytest.mark.parametrize(
    ("name", "metric", "scale", "digits"), [("τ", "kendall_tau", 1, 3), ("F1 %", "f1_mean", 100, 1)]
)
def test_a_metric_fold_by_fold(tmp_path, name, metric, scale, digits) -> None:
    rows = made_run(tmp_path / "one", {"ours": 0.4})
    table = folds_table(compared(tmp_path), (name, metric, scale, digits))
    assert table.title == f"tvsum: {name} fold by fold"
    assert table.header == ["scorer", "fold 0", "fold 1"]
    assert column(table, "scorer") == ["ours", "random", "human", "gtscore"]
    for scorer, *cells in table.rows:
        folds = by_fold(rows, scorer, metric)
        assert cells == [f"{scale * folds[fold]:.{digits}f}" for fold in (0, 1)]


def test_taus_fold_by_fold_are_means_over_seeds(tmp_path) -> None:
    rows = {}
    for seed in (0, 1):
        rows[seed] = made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
    left = [r._replace(kendall_tau=None) if r.scorer == "ours" and r.fold == 1 else r for r in rows[0]]
    write_rows(tmp_path / "0", left)
    table = folds_table(compared(tmp_path), TAU)
    taus = {seed: by_fold(own, "ours", "kendall_tau") for seed, own in rows.items()}
    (ours,) = (row for row in table.rows if row[0] == "ours")
    assert ours[1:] == [f"{(taus[0][0] + taus[1][0]) / 2:.3f}", f"{taus[1][1]:.3f}"]


def test_the_variance_in_training_by_epoch(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4})
    comparison = compared(tmp_path)
    long = pd.DataFrame(
        [(fold, epoch, 0.001 * (epoch + 1) * (fold + 1)) for fold in (0, 1) for epoch in range(12)],
        columns=["fold", "epoch", "train/score_variance"],
    )
    other = pd.DataFrame([(0, 0, 1.0)], columns=["fold", "epoch", "train/loss"])
    table = variance_table(comparison, {"ours": long, "other": other, "short": long[:2]})
    assert table.header == ["run", *(f"epoch {epoch}" for epoch in (1, 2, 3, 5, 10, 12))]
    assert table.rows[0] == ["ours", *(f"{0.0015 * epoch:.5f}" for epoch in (1, 2, 3, 5, 10, 12))]
    assert table.rows[1] == ["short", "0.00100", "0.00200", "", "", "", ""]
    assert len(table.rows) == 2
    assert variance_table(comparison, {"other": other}).rows == []


def test_a_method_whose_scores_are_few_is_named_under_the_table(tmp_path) -> None:
    rows = made_run(tmp_path / "one", {"ours": 0.4, "theirs": 0.4})
    assert "Few distinct" not in results_table(compared(tmp_path)).notes
    few = {"ours": 0.05, "theirs": 0.9, "gtscore": 0.05}  # an oracle is no method
    write_rows(tmp_path / "one", [row._replace(distinct_scores=few.get(row.scorer, 1.0)) for row in rows])
    assert (
        "Few distinct scores, whose ties move τ: ours (5 % of T)." in results_table(compared(tmp_path)).notes
    )


def test_epochs_that_a_command_line_has_changed_are_said(tmp_path) -> None:
    made_run(tmp_path / "one", {"ours": 0.4}, overrides=("method=csnet",))
    assert "Epochs" not in results_table(compared(tmp_path)).notes
    short = ("method=vasnet", "trainer.max_epochs=2")
    made_run(tmp_path / "two", {"theirs": 0.4}, overrides=short)
    notes = results_table(compared(tmp_path)).notes
    assert "Epochs by the command line, not by the method's file: theirs" in notes
    assert "(2)" in notes
    shutil.rmtree(tmp_path / "one")
    assert "not by the method's file: 2 in all rows." in results_table(compared(tmp_path)).notes


def written(folder: Path, scorer: str, taus: list[float], overrides: tuple[str, ...]) -> None:
    """A run of one scorer with such taus above random scores, whatever else it has."""
    rows = made_run(folder, {scorer: 0.4}, overrides=overrides)
    random = {row.video: row.kendall_tau for row in rows if row.scorer == "random"}
    above = iter(taus)
    write_rows(
        folder,
        [
            row._replace(kendall_tau=random[row.video] + next(above)) if row.scorer == scorer else row
            for row in rows
        ],
    )


@pytest.mark.parametrize(
    ("taus", "said"), [([0.1, 0.2, 0.3, 0.1, 0.2, 0.3, 0.4], False), ([-0.01, 0, 0, 0, 0.1, 0.2, 0.3], True)]
)
def test_where_interval_and_test_disagree_it_is_explained(tmp_path, taus, said) -> None:
    written(tmp_path / "one", "ours", taus, ())
    comparison = compared(tmp_path)
    difference = comparison.from_random(0, "kendall_tau")
    assert difference.low > 0
    assert difference.like_chance == said, "≈ beside an interval above 0"
    assert (
        "bootstrap and test disagree about chance" in differences_table(comparison, "random").notes
    ) == said


def test_settings_without_the_other_row_are_left_out_and_without_any_it_is_random(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4, "theirs": 0.5})
    made_run(tmp_path / "b", {"ours": 0.4}, setting="transfer")
    table = differences_table(compared(tmp_path), "theirs")
    assert "setting" not in table.header
    assert {row[0] for row in table.rows} == {"ours", "random", "human", "gtscore"}
    assert differences_table(compared(tmp_path), "nobody").title == "tvsum: differences from random"


def test_a_whole_scorer_comes_before_a_part_of_a_row(tmp_path) -> None:
    """`consensus` is a scorer, and stands in `pseudo-score (method=consensus)` as well."""
    for method, scorers in (
        ("consensus", {"pseudo-score": 0.4, "consensus": 0.5}),
        ("csnet", {"csnet": 0.4}),
    ):
        composed_run(tmp_path / method, scorers, f"method={method}", "data=tvsum")
    assert named_lines(compared(tmp_path).lines, "consensus").tolist() == ["consensus (method=consensus)"]
    assert len(named_lines(compared(tmp_path).lines, "method=consensus")) == 2
    assert named_lines(compared(tmp_path).lines, "nobody").empty
