"""Runs next to each other, against means by plain loops."""

import statistics as plain

import pandas as pd
import pytest
from support.run_folders import VIDEOS, Row, composed_run, made_run, write_rows

from vsumlab.core.metric_names import METRICS
from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.methods.registry import published_tables
from vsumlab.report.compare import Comparison, compare, is_method, row_name
from vsumlab.report.findings import findings
from vsumlab.report.lines import OVER_FOLDS, OVER_SEEDS
from vsumlab.report.tables import check_row
from vsumlab.runs.reading import find_runs
from vsumlab.runs.study_files import write_study


def lines(comparison: Comparison, scorer: str) -> list[pd.Series]:
    """The lines of a scorer, each named after its number."""
    return [line for _, line in comparison.lines.iterrows() if line["scorer"] == scorer]


def by_fold(rows: list[Row], scorer: str, metric: str) -> dict[int, float]:
    """Means over the videos of each fold."""
    own = [row for row in rows if row.scorer == scorer]
    folds = sorted({row.fold for row in own})
    return {fold: plain.mean(getattr(row, metric) for row in own if row.fold == fold) for fold in folds}


def test_folds_and_seeds_come_together_and_all_else_is_kept_apart(tmp_path) -> None:
    rows = {}
    for rate in ("0.1", "0.2"):
        for seed in (0, 1, 2):
            for fold in (0, 1):
                overrides = (f"rate={rate}", f"seed={seed}", f"fold={fold}")
                run = tmp_path / ",".join(overrides)
                rows[rate, seed, fold] = made_run(run, {"ours": 0.4}, (fold,), seed, overrides=overrides)
    (comparison,) = compare(find_runs([tmp_path]))
    found = lines(comparison, "ours")
    assert [line["run"] for line in found] == ["rate=0.1", "rate=0.2"]
    assert comparison.entries == ["rate"]
    for line, rate in zip(found, ("0.1", "0.2"), strict=True):
        assert (line["folds"], line["seeds"], line["videos"]) == ((0, 1), (0, 1, 2), 7)
        for metric in METRICS:
            means = {
                (seed, fold): by_fold(rows[rate, seed, fold], "ours", metric)[fold]
                for seed in (0, 1, 2)
                for fold in (0, 1)
            }
            of_seeds = [plain.mean(means[seed, fold] for fold in (0, 1)) for seed in (0, 1, 2)]
            of_folds = [plain.mean(means[seed, fold] for seed in (0, 1, 2)) for fold in (0, 1)]
            assert line[metric] == pytest.approx(plain.mean(of_seeds))
            assert line[metric + OVER_SEEDS] == pytest.approx(plain.stdev(of_seeds))
            assert line[metric + OVER_FOLDS] == pytest.approx(plain.stdev(of_folds))


def test_a_single_seeds_spread_is_over_folds(tmp_path) -> None:
    rows = made_run(tmp_path / "run", {"ours": 0.4})
    (comparison,) = compare(find_runs([tmp_path]))
    (line,) = lines(comparison, "ours")
    folds = by_fold(rows, "ours", "f1_mean").values()
    assert line["f1_mean" + OVER_FOLDS] == pytest.approx(plain.stdev(folds))
    assert pd.isna(line["f1_mean" + OVER_SEEDS])


def test_the_spread_means_the_same_in_rows_of_one_seed_and_of_several(tmp_path) -> None:
    """Of the same rows it is the same, however many seeds stand next to it; once it was over seeds there."""
    rows = made_run(tmp_path / "once", {"ours": 0.4}, overrides=("rate=1",))
    for seed in (0, 1):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=("rate=2", f"seed={seed}"))
        write_rows(tmp_path / f"{seed}", [row._replace(seed=seed) for row in rows])
    (comparison,) = compare(find_runs([tmp_path]))
    one, several = sorted(lines(comparison, "ours"), key=lambda line: len(line["seeds"]))
    assert (one["seeds"], several["seeds"]) == ((0,), (0, 1))
    for metric in METRICS:
        assert one[metric + OVER_FOLDS] == pytest.approx(several[metric + OVER_FOLDS])
        assert one[metric + OVER_FOLDS] > 0
        assert several[metric + OVER_SEEDS] == pytest.approx(0)


def test_random_human_and_the_mean_annotator_stand_in_every_comparison_once(tmp_path) -> None:
    for name, setting in (("a", "canonical"), ("b", "canonical"), ("c", "transfer")):
        made_run(tmp_path / name, {name: 0.4}, setting=setting)
    (comparison,) = compare(find_runs([tmp_path]))
    for scorer in ("random", "human", "gtscore"):
        assert [line["setting"] for line in lines(comparison, scorer)] == ["canonical", "transfer"]
        assert [line["kind"] for line in lines(comparison, scorer)] == ["baseline"] * 2
        assert [line["videos"] for line in lines(comparison, scorer)] == [7, 7]


def test_figures_of_all_lines_are_of_the_same_folds(tmp_path) -> None:
    rows = made_run(tmp_path / "whole", {"ours": 0.4}, (0, 1), overrides=("rate=1",))
    made_run(tmp_path / "part", {"ours": 0.4}, (1,), overrides=("rate=2",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert comparison.left_out == {"canonical": (0,)}
    assert {line["folds"] for _, line in comparison.lines.iterrows()} == {(1,)}
    whole = next(line for line in lines(comparison, "ours") if line["run"] == "rate=1")
    assert whole["f1_mean"] == pytest.approx(by_fold(rows, "ours", "f1_mean")[1])


def test_a_fold_that_a_seed_lacks_is_left_out_of_all(tmp_path) -> None:
    rows = made_run(tmp_path / "whole", {"ours": 0.4}, (0, 1), overrides=("seed=0",))
    rows += made_run(tmp_path / "part", {"ours": 0.4}, (1,), seed=1, overrides=("seed=1",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert comparison.left_out == {"canonical": (0,)}
    (ours,) = lines(comparison, "ours")
    assert (ours["folds"], ours["seeds"], ours["videos"]) == ((1,), (0, 1), 4)
    assert ours["f1_mean"] == pytest.approx(by_fold(rows, "ours", "f1_mean")[1])


def test_a_row_of_fewer_folds_than_most_has_no_figures_and_says_why(tmp_path) -> None:
    """Kept as a study, random scores and people stand with the first run, which may be the one left out."""
    made_run(tmp_path / "runs" / "1", {"ours": 0.4}, (1,), overrides=("rate=1",))
    for rate in (2, 3):
        made_run(tmp_path / "runs" / f"{rate}", {"ours": 0.4}, (0, 1), overrides=(f"rate={rate}",))
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    for folder in ("runs", "study"):
        runs = find_runs([tmp_path / folder])
        (comparison,) = compare(runs)
        assert comparison.left_out == {"canonical": ()}
        part, *whole = lines(comparison, "ours")
        assert [(line["folds"], line["missing"]) for line in whole] == [((0, 1), "")] * 2
        assert (part["run"], part["folds"], part["videos"]) == ("rate=1", (), 0)
        assert part["missing"] == "fold 0 (--folds any shows the others)"
        assert part[list(METRICS)].isna().all()
        for scorer in ("random", "human", "gtscore"):
            assert [line["folds"] for line in lines(comparison, scorer)] == [(0, 1)]
        assert all("of 2 rows" in said for said in findings(comparison))
        with pytest.raises(UserError, match=r"against=rate=1: has no figures; missing: fold 0 \(--folds any"):
            check_row([comparison], "rate=1")
        (comparison,) = compare(runs, "any")
        assert (lines(comparison, "ours")[0]["folds"], lines(comparison, "ours")[0]["missing"]) == ((1,), "")


def test_what_one_seed_has_no_figure_of_the_others_have(tmp_path) -> None:
    rows = {}
    for seed in (0, 1):
        rows[seed] = made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
    constant = ("video_1", *VIDEOS[1])
    left = [
        row._replace(kendall_tau=None) if row.scorer == "ours" and row.video in constant else row
        for row in rows[0]
    ]
    write_rows(tmp_path / "0", left)
    (comparison,) = compare(find_runs([tmp_path]))
    (ours,) = lines(comparison, "ours")
    of = {(r.seed, r.video): r.kendall_tau for each in rows.values() for r in each if r.scorer == "ours"}
    taus = comparison.videos_of(ours.name)["kendall_tau"]
    assert taus["video_1"] == pytest.approx(of[1, "video_1"])
    assert taus["video_2"] == pytest.approx((of[0, "video_2"] + of[1, "video_2"]) / 2)
    of_second = {fold: plain.mean(of[1, video] for video in VIDEOS[fold]) for fold in (0, 1)}
    of_first = plain.mean(of[0, video] for video in VIDEOS[0][1:])  # of fold 0, the only one that it has
    second = plain.mean(of_second.values())
    assert ours["kendall_tau"] == pytest.approx((second + of_first) / 2)
    assert ours["kendall_tau" + OVER_SEEDS] == pytest.approx(plain.stdev([second, of_first]))
    folds = [plain.mean([of_first, of_second[0]]), of_second[1]]
    assert ours["kendall_tau" + OVER_FOLDS] == pytest.approx(plain.stdev(folds))
    assert comparison.from_random(ours.name, "kendall_tau").n_videos == 7


def test_random_scores_are_the_same_in_the_table_and_in_the_differences(tmp_path) -> None:
    for seed in (0, 1):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
    first, second = find_runs([tmp_path])
    other = second.rows.copy()
    other.loc[other["scorer"] == "random", "f1_mean"] = 0.9
    (comparison,) = compare([first, second._replace(rows=other)])
    (ours,), (random,) = lines(comparison, "ours"), lines(comparison, "random")
    of_random, of_ours = (comparison.videos_of(line.name)["f1_mean"] for line in (random, ours))
    for video in of_ours.index:
        assert of_random[video] < 0.5, "the first run's"
        assert of_ours[video] > of_random[video]
    expected = plain.mean(of_ours[video] - of_random[video] for video in of_ours.index)
    assert comparison.from_random(ours.name, "f1_mean").mean == pytest.approx(expected)


def test_people_measured_otherwise_are_not_put_together(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, overrides=("data.rank_reference=user_scores",))
    rows = made_run(tmp_path / "b", {"ours": 0.4}, overrides=("data.rank_reference=user_summary",))
    write_rows(
        tmp_path / "b", [row._replace(spearman_rho=0.123) if row.scorer == "human" else row for row in rows]
    )
    for path in (tmp_path, tmp_path / "study"):
        with pytest.raises(UserError, match=r"tvsum: fold 0, video_1: people's figures are not the same"):
            compare(find_runs([path]))
        write_study(tmp_path / "study", find_runs([tmp_path / "a", tmp_path / "b"]))


def test_differences_are_from_random_on_the_same_videos(tmp_path) -> None:
    rows = made_run(tmp_path / "run", {"better": 0.5, "alike": 0.301})
    (comparison,) = compare(find_runs([tmp_path]))
    (better,), (alike,), (random,) = (lines(comparison, name) for name in ("better", "alike", "random"))
    of = {(row.scorer, row.video): row.kendall_tau for row in rows}
    videos = {row.video for row in rows}
    for line, other in ((better, "random"), (alike, "better")):
        expected = plain.mean(of[line["scorer"], video] - of[other, video] for video in videos)
        number = lines(comparison, other)[0].name
        difference = comparison.difference(line.name, number, "kendall_tau")
        assert difference.mean == pytest.approx(expected)
        assert difference.n_videos == 7
    assert comparison.from_random(better.name, "kendall_tau") == comparison.difference(
        better.name, random.name, "kendall_tau"
    )
    assert comparison.from_random(random.name, "kendall_tau") is None


def test_a_failed_run_is_shown(tmp_path) -> None:
    made_run(tmp_path / "done", {"ours": 0.4}, overrides=("rate=1",))
    made_run(tmp_path / "failed", {}, overrides=("rate=2",), status="failed", error="ValueError: no")
    (comparison,) = compare(find_runs([tmp_path]))
    (failed,) = (line for _, line in comparison.lines.iterrows() if line["missing"])
    assert (failed["run"], failed["missing"], failed["scorer"], failed["videos"]) == (
        *("rate=2", "1 failed", ""),
        0,
    )
    assert failed[list(METRICS)].isna().all()
    assert not is_method(failed)


def test_a_run_that_is_left_to_do_belongs_to_the_row_of_its_finished_seeds(tmp_path) -> None:
    made_run(tmp_path / "done", {"ours": 0.4}, overrides=("rate=1", "seed=0"), data={"sha256": 64 * "a"})
    made_run(tmp_path / "failed", {}, seed=1, overrides=("rate=1", "seed=1"), status="failed", error="no")
    (comparison,) = compare(find_runs([tmp_path]))
    (ours,) = (line for _, line in comparison.lines.iterrows() if line["kind"] == "method")
    assert (ours["scorer"], ours["run"], ours["seeds"], ours["missing"]) == ("ours", "", (0,), "1 failed")


def test_a_published_figure_never_meets_another_datasets_measurement(tmp_path) -> None:
    table = "csnet table 3"
    composed_run(tmp_path / "run", {"csnet": 0.4}, "method=csnet", "data=demo", published=table)
    demo, summe, tvsum = compare(find_runs([tmp_path]))
    assert [each.dataset for each in (demo, summe, tvsum)] == ["demo", "summe", "tvsum"]
    assert demo.measured
    assert demo.lines.filter(like="paper_").select_dtypes("number").isna().all(axis=None)
    for comparison in (summe, tvsum):
        assert not comparison.measured
        assert len(comparison.lines) == sum(
            (row.table, row.dataset) == (table, comparison.dataset) for row in published_tables()
        )


def test_published_rows_without_a_run_are_empty_and_those_with_one_are_filled_by_it(tmp_path) -> None:
    of_the_table = ("method=csnet", "data=tvsum")
    composed_run(tmp_path / "run", {"csnet": 0.4}, *of_the_table, published="csnet table 3")
    tvsum = compare(find_runs([tmp_path]))[0]
    (ours,) = lines(tvsum, "csnet")
    assert (ours["paper_row"], ours["paper_f1"], ours["kind"]) == ("CSNet", 58.8, "method")
    (other,) = lines(tvsum, "DR-DSN")
    assert (other["videos"], other["paper_f1"], other["kind"]) == (0, 57.6, "published")
    assert other[list(METRICS)].isna().all()
    assert not lines(tvsum, "CSNet")


def test_rows_of_the_papers_method_stand_in_its_order(tmp_path) -> None:
    table = "csnet table 2"
    own = [row.row for row in published_tables() if row[:2] == (table, "own") and row.dataset == "summe"]
    for name, switches in (
        ("full", ()),
        ("plain", ("method.chunk_stride=false", "method.difference_attention=false")),
        ("no paper's", ("method.sparsity=0.9",)),
    ):
        overrides = ("method=csnet", "data=summe", *switches)
        composed_run(tmp_path / name, {"csnet": 0.4}, *overrides, published=table)
    summe = next(each for each in compare(find_runs([tmp_path])) if each.dataset == "summe")
    listed = summe.lines[summe.lines["kind"] != "baseline"]
    assert [*listed["paper_row"][: len(own)]] == own
    measured = listed[listed["videos"] > 0]
    assert set(measured["paper_row"]) - {""} < set(own)
    assert len(measured) == 3
    assert measured["paper_row"].iloc[-1] == "", "what the paper does not have comes after it"
    assert "sparsity=0.9" in measured["run"].iloc[-1]


def test_an_unknown_published_table_is_refused(tmp_path) -> None:
    made_run(tmp_path / "run", {"csnet": 0.4}, published="csnet table 9")
    with pytest.raises(UserError, match=r"published=csnet table 9: expected one of .*csnet table 2"):
        compare(find_runs([tmp_path]))


def test_what_was_run_twice_counts_once_and_must_come_out_the_same(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4})
    (once,) = compare(find_runs([tmp_path]))
    made_run(tmp_path / "b", {"ours": 0.4}, folds=(1,))
    (twice,) = compare(find_runs([tmp_path]))
    pd.testing.assert_frame_equal(once.lines, twice.lines)
    made_run(tmp_path / "c", {"ours": 0.5}, folds=(1,))
    with pytest.raises(UserError, match=r"fold 1, seed 0: came out differently in .*: name only one"):
        compare(find_runs([tmp_path]))


def test_runs_on_other_data_are_other_rows(tmp_path) -> None:
    """Once they were pooled as seeds of one row, or refused as having come out differently."""
    for seed, content in enumerate("ab"):
        data = {"file": "tvsum.h5", "sha256": content * 64}
        made_run(tmp_path / content, {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",), data=data)
    (comparison,) = compare(find_runs([tmp_path]))
    assert [(line["run"], line["seeds"]) for line in lines(comparison, "ours")] == [
        ("data=aaaaaaaa", (0,)),
        ("data=bbbbbbbb", (1,)),
    ]


def test_runs_of_uncommitted_code_are_rows_of_their_own(tmp_path) -> None:
    """Neither seeds of what is committed nor of other changes."""
    commit = {"commit": "0123456789abcdef"}
    clean = commit | {"dirty": False, "changes": None}
    one, other = (commit | {"dirty": True, "changes": letter * 64} for letter in "ef")
    before = commit | {"dirty": True}  # as it was recorded before there was a checksum
    for seed, git in enumerate((clean, clean, one, one, other, before, before)):
        made_run(tmp_path / str(seed), {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",), git=git)
    (comparison,) = compare(find_runs([tmp_path]))
    found = lines(comparison, "ours")
    assert [line["seeds"] for line in found] == [(0, 1), (2, 3), (4,), (5,), (6,)]
    names = [line["run"] for line in found]
    assert names[0] == ""
    assert names[1:3] == [f"uncommitted code=012345678 changed {letter * 8}" for letter in "ef"]
    assert len(set(names)) == 5
    assert all("012345678 changed" in name for name in names[3:])


def test_without_a_fold_in_common_nothing_is_measured(tmp_path) -> None:
    for fold in (0, 1):
        made_run(tmp_path / f"{fold}", {"ours": 0.4}, (fold,), seed=fold, overrides=(f"seed={fold}",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert not comparison.measured
    assert comparison.left_out == {"canonical": (0, 1)}


def test_the_headline_is_the_datasets_own(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, dataset="summe")
    (run,) = find_runs([tmp_path])
    run.record["dataset"] = {"name": "summe", "headline": "max", "remark": "read with care"}
    run.record["remarks"] = ["a smoke run"]
    (comparison,) = compare([run])
    assert (comparison.headline, comparison.remark) == ("f1_max", "read with care · a smoke run")


def test_what_is_said_of_some_runs_alone_is_not_said_of_all(tmp_path) -> None:
    for name, remarks in (("a", ["both", "one"]), ("b", ["both"])):
        made_run(tmp_path / name, {"ours": 0.4}, overrides=(f"x={name}",), remarks=remarks)
    (comparison,) = compare(find_runs([tmp_path]))
    assert comparison.remark == "both"


def test_one_training_is_one_row_whether_or_not_an_oracle_was_beside_it(tmp_path) -> None:
    """And of whatever seeds; the oracle's own is marked, and says what it is."""
    both, on = {"csnet": 0.4, "csnet (test oracle)": 0.5}, ("method=csnet", "data=tvsum")
    composed_run(tmp_path / "oracle", both, *on, "selection=test_oracle")
    alone = compare(find_runs([tmp_path]))[0]
    composed_run(tmp_path / "last", {"csnet": 0.4}, *on)
    composed_run(tmp_path / "other_seed", {"csnet": 0.4}, *on, "seed=1")
    together = compare(find_runs([tmp_path]))[0]
    for comparison, seeds in ((alone, (0,)), (together, (0, 1))):
        own = comparison.lines[comparison.lines["kind"] == "method"]
        assert own["scorer"].tolist() == ["csnet", "csnet (test oracle)"]
        assert own["run"].tolist() == ["", ""]
        assert own["paper_row"].tolist() == ["CSNet", ""]
        assert own["seeds"].tolist() == [seeds, (0,)]
        assert comparison.remark == ""
        assert comparison.said == "rows marked (test oracle): epochs chosen on test videos, no result"


def test_an_oracle_and_validation_are_told_apart_by_the_selection_of_their_runs(tmp_path) -> None:
    for name in ("test_oracle", "validation"):
        scorers = {"csnet": 0.4} | ({"csnet (test oracle)": 0.5} if name == "test_oracle" else {})
        composed_run(tmp_path / name, scorers, "method=csnet", "data=tvsum", f"selection={name}")
    lines = compare(find_runs([tmp_path]))[0].lines
    assert {row_name(line) for _, line in lines[lines["kind"] == "method"].iterrows()} == {
        "csnet (selection=last)",
        "csnet (test oracle) (selection=test_oracle)",
        "csnet (selection=validation)",
    }


def test_an_oracle_is_no_method_and_a_row_is_named_by_scorer_and_run(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4, "ours (test oracle)": 0.9}, overrides=("x=1",))
    made_run(tmp_path / "b", {"ours": 0.4}, overrides=("x=2",))
    (comparison,) = compare(find_runs([tmp_path]))
    named = {row_name(line): is_method(line) for _, line in comparison.lines.iterrows()}
    assert named == {
        "ours (x=1)": True,
        "ours (test oracle) (x=1)": False,
        "ours (x=2)": True,
        **dict.fromkeys(("random", "human", "gtscore"), False),
    }


def test_rows_have_the_number_of_their_line(tmp_path) -> None:
    rows = made_run(tmp_path / "a", {"ours": 0.4})
    (comparison,) = compare(find_runs([tmp_path]))
    scorers = comparison.rows["line"].map(comparison.lines["scorer"])
    assert (scorers == comparison.rows["scorer"]).all()
    ours = comparison.rows[comparison.rows["scorer"] == "ours"][COLUMNS]
    expected = pd.DataFrame([row for row in rows if row.scorer == "ours"], columns=COLUMNS)
    pd.testing.assert_frame_equal(ours.reset_index(drop=True), expected, check_dtype=False)


def test_what_a_configuration_says_of_some_runs_is_said_of_some(tmp_path) -> None:
    for name, remark in (("a", "a smoke run, no result"), ("b", None)):
        composed_run(
            tmp_path / name, {"csnet": 0.4}, "method=csnet", *([f"remark='{remark}'"] if remark else [])
        )
    (comparison,) = compare(find_runs([tmp_path]))
    assert "some runs: a smoke run, no result" in comparison.remark


def test_a_scorer_that_only_a_later_seed_has_breaks_nothing(tmp_path) -> None:
    made_run(tmp_path / "0", {"ours": 0.4}, overrides=("seed=0",))
    made_run(tmp_path / "1", {"ours": 0.4, "theirs": 0.5}, seed=1, overrides=("seed=1",))
    (comparison,) = compare(find_runs([tmp_path]))
    (ours,) = lines(comparison, "ours")
    assert ours["seeds"] == (0, 1)
    assert comparison.from_random(ours.name, "f1_mean").n_videos == 7


def test_with_any_folds_every_row_is_of_its_own(tmp_path) -> None:
    rows = made_run(tmp_path / "whole", {"ours": 0.4}, (0, 1), overrides=("rate=1",))
    made_run(tmp_path / "part", {"ours": 0.4}, (1,), overrides=("rate=2",))
    (comparison,) = compare(find_runs([tmp_path]), "any")
    assert comparison.left_out == {}
    assert comparison.remark == ""
    part, whole = lines(comparison, "ours")
    assert (whole["folds"], part["folds"]) == ((0, 1), (1,))
    assert whole["f1_mean"] == pytest.approx(plain.mean(by_fold(rows, "ours", "f1_mean").values()))
    assert comparison.difference(whole.name, part.name, "f1_mean").n_videos == len(VIDEOS[1])


def test_random_scores_are_those_of_most_draws_whatever_the_order(tmp_path) -> None:
    for name, draws, tau in (("few", 2, 0.2), ("many", 100, 0.01)):
        rows = made_run(tmp_path / name, {name: 0.4}, overrides=(f"random_draws={draws}", f"x={name}"))
        write_rows(
            tmp_path / name,
            [row._replace(kendall_tau=tau) if row.scorer == "random" else row for row in rows],
        )
    for order in (("few", "many"), ("many", "few")):
        (comparison,) = compare(find_runs([tmp_path / name for name in order]))
        (random,) = lines(comparison, "random")
        assert random["kendall_tau"] == pytest.approx(0.01)
