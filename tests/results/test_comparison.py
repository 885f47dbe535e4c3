"""Runs beside each other, against means by plain loops."""

import csv
import json
import statistics as plain

import pytest
from run_folders import VIDEOS, made_run

from vsumlab.errors import UserError
from vsumlab.metrics.protocol import METRICS
from vsumlab.results.comparison import Comparison, Line, compare
from vsumlab.results.published import entries
from vsumlab.results.runs import find_runs, write_study
from vsumlab.results.sheets import result_sheets


def lines(comparison: Comparison, scorer: str) -> list[Line]:
    return [line for line in comparison.lines if line.scorer == scorer]


def test_folds_and_seeds_come_together_and_all_else_is_told_apart(tmp_path) -> None:
    rows = {}
    for rate in ("0.1", "0.2"):
        for seed in (0, 1, 2):
            for fold in (0, 1):
                told = (f"rate={rate}", f"seed={seed}", f"fold={fold}")
                run = tmp_path / ",".join(told)
                rows[rate, seed, fold] = made_run(run, {"ours": 0.4}, (fold,), seed, overrides=told)
    (comparison,) = compare(find_runs([tmp_path]))
    found = lines(comparison, "ours")
    assert [line.told for line in found] == [("rate=0.1",), ("rate=0.2",)]
    for line, rate in zip(found, ("0.1", "0.2"), strict=True):
        assert (line.folds, line.seeds, line.n_videos) == ((0, 1), (0, 1, 2), 7)
        for metric in METRICS:
            of_seeds = []
            for seed in (0, 1, 2):
                of_folds = []
                for fold in (0, 1):
                    own = [row for row in rows[rate, seed, fold] if row.scorer == "ours"]
                    of_folds.append(plain.mean(getattr(row, metric) for row in own))
                of_seeds.append(plain.mean(of_folds))
            assert line.mean[metric] == pytest.approx(plain.mean(of_seeds))
            assert line.spread[metric] == pytest.approx(plain.stdev(of_seeds))


def test_a_single_seeds_spread_is_over_folds(tmp_path) -> None:
    rows = made_run(tmp_path / "run", {"ours": 0.4})
    (comparison,) = compare(find_runs([tmp_path]))
    (line,) = lines(comparison, "ours")
    folds = [
        plain.mean(row.f1_mean for row in rows if (row.scorer, row.fold) == ("ours", fold)) for fold in (0, 1)
    ]
    assert line.spread["f1_mean"] == pytest.approx(plain.stdev(folds))


def test_random_human_and_the_mean_annotator_stand_in_every_comparison_once(tmp_path) -> None:
    for name, setting in (("a", "canonical"), ("b", "canonical"), ("c", "transfer")):
        made_run(tmp_path / name, {name: 0.4}, setting=setting)
    (comparison,) = compare(find_runs([tmp_path]))
    for scorer in ("random", "human", "gtscore"):
        assert [line.setting for line in lines(comparison, scorer)] == ["canonical", "transfer"]


def test_figures_of_all_lines_are_of_the_same_folds(tmp_path) -> None:
    rows = made_run(tmp_path / "whole", {"ours": 0.4}, (0, 1), overrides=("rate=1",))
    made_run(tmp_path / "part", {"ours": 0.4}, (1,), overrides=("rate=2",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert comparison.left_out == {"canonical": (0,)}
    assert {line.folds for line in comparison.lines} == {(1,)}
    whole = next(line for line in lines(comparison, "ours") if line.told == ("rate=1",))
    assert whole.mean["f1_mean"] == pytest.approx(
        plain.mean(row.f1_mean for row in rows if (row.scorer, row.fold) == ("ours", 1))
    )


def test_a_fold_that_a_seed_lacks_is_left_out_of_all(tmp_path) -> None:
    rows = made_run(tmp_path / "whole", {"ours": 0.4}, (0, 1), overrides=("seed=0",))
    rows += made_run(tmp_path / "part", {"ours": 0.4}, (1,), seed=1, overrides=("seed=1",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert comparison.left_out == {"canonical": (0,)}
    (ours,) = lines(comparison, "ours")
    assert (ours.folds, ours.seeds, ours.n_videos) == ((1,), (0, 1), 4)
    assert ours.by_fold[1]["f1_mean"] == pytest.approx(
        plain.mean(row.f1_mean for row in rows if (row.scorer, row.fold) == ("ours", 1))
    )


def test_without_a_fold_in_common_the_table_says_so(tmp_path) -> None:
    for fold in (0, 1):
        made_run(tmp_path / f"{fold}", {"ours": 0.4}, (fold,), seed=fold, overrides=(f"seed={fold}",))
    (comparison,) = compare(find_runs([tmp_path]))
    assert not comparison.measured
    (sheet,) = result_sheets([comparison])
    assert sheet.notes == "Of canonical, folds 0–1 left out: not in every row or not of every seed."


def test_what_one_seed_has_no_figure_of_the_others_have(tmp_path) -> None:
    rows = {}
    for seed in (0, 1):
        rows[seed] = made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
    file = tmp_path / "0" / "videos.csv"
    cells = list(csv.reader(file.open(newline="")))
    tau = cells[0].index("kendall_tau")
    for line in cells[1:]:
        if line[4] == "ours" and line[3] in ("video_1", *VIDEOS[1]):
            line[tau] = ""
    with file.open("w", newline="") as changed:
        csv.writer(changed).writerows(cells)
    (comparison,) = compare(find_runs([tmp_path]))
    (ours,) = lines(comparison, "ours")
    of = {
        (row.seed, row.video): row.kendall_tau for each in rows.values() for row in each if row[4] == "ours"
    }
    assert ours.by_video["video_1"]["kendall_tau"] == pytest.approx(of[1, "video_1"])
    assert ours.by_video["video_2"]["kendall_tau"] == pytest.approx((of[0, "video_2"] + of[1, "video_2"]) / 2)
    mean = plain.mean([plain.mean(of[1, v] for v in VIDEOS[0]), plain.mean(of[1, v] for v in VIDEOS[1])])
    first = plain.mean(of[0, v] for v in VIDEOS[0][1:])
    assert ours.mean["kendall_tau"] == pytest.approx((mean + first) / 2)
    assert ours.spread["kendall_tau"] == pytest.approx(plain.stdev([mean, first]))
    of_second = plain.mean(of[1, video] for video in VIDEOS[1])
    assert ours.by_fold[1]["kendall_tau"] == pytest.approx(of_second)
    assert ours.differences["kendall_tau"].n_videos == 7


def test_random_scores_are_the_same_in_the_table_and_in_the_differences(tmp_path) -> None:
    for seed in (0, 1):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
    first, second = find_runs([tmp_path])
    other = [row._replace(f1_mean=0.9) if row.scorer == "random" else row for row in second.rows]
    (comparison,) = compare([first, second._replace(rows=other)])
    (ours,), (random,) = lines(comparison, "ours"), lines(comparison, "random")
    for video, figures in ours.by_video.items():
        assert random.by_video[video]["f1_mean"] < 0.5, "the first run's"
        assert figures["f1_mean"] > random.by_video[video]["f1_mean"]
    expected = plain.mean(ours.by_video[v]["f1_mean"] - random.by_video[v]["f1_mean"] for v in ours.by_video)
    assert ours.differences["f1_mean"].mean == pytest.approx(expected)


def test_people_measured_otherwise_are_not_put_together(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, overrides=("data.rank_reference=user_scores",))
    made_run(tmp_path / "b", {"ours": 0.4}, overrides=("data.rank_reference=user_summary",))
    file = tmp_path / "b" / "videos.csv"
    cells = list(csv.reader(file.open(newline="")))
    for line in cells[1:]:
        if line[4] == "human":
            line[-2] = "0.123"
    with file.open("w", newline="") as changed:
        csv.writer(changed).writerows(cells)
    for path in (tmp_path, tmp_path / "study"):
        with pytest.raises(UserError, match=r"tvsum: fold 0, video_1: people's figures are not the same"):
            compare(find_runs([path]))
        write_study(tmp_path / "study", find_runs([tmp_path / "a", tmp_path / "b"]))


def test_differences_are_from_random_on_the_same_videos(tmp_path) -> None:
    rows = made_run(tmp_path / "run", {"better": 0.5, "alike": 0.301})
    (comparison,) = compare(find_runs([tmp_path]))
    (better,) = lines(comparison, "better")
    by_video = {(row.scorer, row.video): row for row in rows}
    expected = [
        by_video["better", video].kendall_tau - by_video["random", video].kendall_tau
        for scorer, video in by_video
        if scorer == "better"
    ]
    assert better.differences["kendall_tau"].mean == pytest.approx(plain.mean(expected))
    assert better.differences["kendall_tau"].n_videos == 7
    assert not lines(comparison, "random")[0].differences


def test_a_failed_run_is_shown(tmp_path) -> None:
    made_run(tmp_path / "done", {"ours": 0.4}, overrides=("rate=1",))
    made_run(tmp_path / "failed", {}, overrides=("rate=2",), status="failed", error="ValueError: no")
    (comparison,) = compare(find_runs([tmp_path]))
    (failed,) = (line for line in comparison.lines if line.state)
    assert (failed.told, failed.state, failed.mean) == (("rate=2",), "1 failed", {})


def test_a_published_figure_never_meets_another_datasets_measurement(tmp_path) -> None:
    told = {"published": "csnet table 3", "published_names": {"csnet": "CSNet"}}
    made_run(tmp_path / "run", {"csnet": 0.4}, dataset="demo", **told)
    demo, summe, tvsum = compare(find_runs([tmp_path]))
    assert [c.dataset for c in (demo, summe, tvsum)] == ["demo", "summe", "tvsum"]
    assert demo.measured
    assert not any(line.published for line in demo.lines)
    for comparison in (summe, tvsum):
        assert not comparison.measured
        assert len(comparison.lines) == sum(
            (entry.table, entry.dataset) == ("csnet table 3", comparison.dataset) for entry in entries()
        )


def test_published_rows_without_a_run_are_empty_and_those_with_one_are_filled_by_it(tmp_path) -> None:
    told = {"published": "csnet table 3", "published_names": {"csnet": "CSNet"}}
    made_run(tmp_path / "run", {"csnet": 0.4}, **told)
    tvsum = compare(find_runs([tmp_path]))[0]
    (ours,) = lines(tvsum, "csnet")
    assert ours.published["f1"] == 58.8
    (other,) = lines(tvsum, "DR-DSN")
    assert (other.mean, other.published["f1"]) == ({}, 57.6)
    assert not lines(tvsum, "CSNet")


def test_an_unknown_published_table_is_refused(tmp_path) -> None:
    made_run(tmp_path / "run", {"csnet": 0.4}, published="csnet table 9")
    with pytest.raises(UserError, match="csnet table 9"):
        compare(find_runs([tmp_path]))


def rounded(comparison: Comparison) -> list[tuple[object, ...]]:
    return [
        (line.scorer, line.told, line.seeds, line.state, {k: round(v, 5) for k, v in line.mean.items()})
        for line in comparison.lines
    ]


def test_a_kept_study_says_the_same_as_its_runs(tmp_path) -> None:
    for seed in (0, 1):
        for rate in ("1", "2"):
            told = (f"rate={rate}", f"seed={seed}")
            made_run(tmp_path / "runs" / ",".join(told), {"ours": 0.4}, seed=seed, overrides=told)
    made_run(tmp_path / "runs" / "failed", {}, overrides=("rate=3",), status="failed", error="no")
    runs = find_runs([tmp_path / "runs"])
    write_study(tmp_path / "study", runs)
    (ours,), (kept,) = compare(runs), compare(find_runs([tmp_path / "study"]))
    assert rounded(ours) == rounded(kept)
    text = (tmp_path / "study" / "results.csv").read_text()
    assert text.count(",random,") == 7, "baselines are kept once a video"
    assert str(tmp_path) not in text + (tmp_path / "study" / "runs.json").read_text()


def test_a_study_beside_the_runs_that_it_keeps_says_the_same(tmp_path) -> None:
    for seed in (0, 1):
        told = (f"seed={seed}",)
        made_run(tmp_path / "runs" / f"{seed}", {"ours": 0.4}, seed=seed, overrides=told)
    runs = find_runs([tmp_path / "runs"])
    write_study(tmp_path / "study", runs)
    again = find_runs([tmp_path / "study", tmp_path / "runs"])
    assert len(again) == len(runs) == 2
    assert rounded(compare(runs)[0]) == rounded(compare(again)[0])
    assert rounded(compare(runs)[0]) == rounded(compare([*runs, *again])[0])


def test_each_experiment_of_a_study_keeps_its_random_scores_and_people(tmp_path) -> None:
    for name in ("a", "b"):
        made_run(tmp_path / "runs" / name, {"ours": 0.4}, name=name, overrides=(f"method={name}",))
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    for run in find_runs([tmp_path / "study"]):
        (alone,) = compare([run])
        assert lines(alone, "ours")[0].differences["f1_mean"].n_videos == 7
        assert lines(alone, "human")


@pytest.mark.parametrize("stopped", ["write_csv", "write_whole"])
def test_an_interrupted_study_is_as_before(tmp_path, monkeypatch, stopped) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    (tmp_path / "runs" / "a" / "fold_0").mkdir()
    (tmp_path / "runs" / "a" / "fold_0" / "metrics.csv").write_text("epoch,train/loss\n0,1\n")
    runs, study = find_runs([tmp_path / "runs"]), tmp_path / "study"
    write_study(study, runs)
    before = {file.name: file.read_bytes() for file in study.iterdir()}
    monkeypatch.setattr(f"vsumlab.results.runs.{stopped}", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_study(study, [*runs, *runs])
    assert before == {file.name: file.read_bytes() for file in study.iterdir()}


def test_what_was_run_twice_counts_once_and_must_come_out_alike(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4})
    (once,) = compare(find_runs([tmp_path]))
    made_run(tmp_path / "b", {"ours": 0.4}, folds=(1,))
    (twice,) = compare(find_runs([tmp_path]))
    assert rounded(once) == rounded(twice)
    made_run(tmp_path / "c", {"ours": 0.5}, folds=(1,))
    with pytest.raises(UserError, match=r"fold 1, seed 0: came out differently in .*: name only one"):
        compare(find_runs([tmp_path]))


def test_a_run_of_another_version_is_named(tmp_path) -> None:
    made_run(tmp_path / "old", {"ours": 0.4}, setting="canonical")
    record = json.loads((tmp_path / "old" / "run.json").read_text())
    del record["dataset"]
    (tmp_path / "old" / "run.json").write_text(json.dumps(record))
    with pytest.raises(UserError, match=r"run\.json has no dataset"):
        find_runs([tmp_path])


@pytest.mark.parametrize("damage", ["{", "[]", '[{"status": "done"}]', '{"median": {}}'])
def test_files_that_are_no_study_are_refused(tmp_path, damage) -> None:
    (tmp_path / "runs.json").write_text(damage)
    (tmp_path / "results.csv").write_text("run,fold\n0,0\n")
    with pytest.raises(UserError, match="its files are not those that a report keeps"):
        find_runs([tmp_path])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.yaml", "a: [1"),
        ("config.yaml", "fold: 0"),
        ("run.json", "[]"),
        ("run.json", '{"status": "failed"}'),
    ],
)
def test_a_run_folder_with_something_else_is_named(tmp_path, file, content) -> None:
    made_run(tmp_path / "bad", {"ours": 0.4})
    (tmp_path / "bad" / file).write_text(content)
    with pytest.raises(UserError, match="bad"):
        find_runs([tmp_path])


def test_a_damaged_run_folder_is_named(tmp_path) -> None:
    made_run(tmp_path / "bad", {"ours": 0.4})
    (tmp_path / "bad" / "videos.csv").unlink()
    with pytest.raises(UserError, match="bad"):
        find_runs([tmp_path])
