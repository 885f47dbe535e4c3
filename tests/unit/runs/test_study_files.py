"""A study says the same as the runs that it keeps."""

import json

import pandas as pd
import pytest
from support.run_folders import composed_run, earlier_run, made_run

from vsumlab.core.metric_names import METRICS
from vsumlab.errors import UserError
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.report.compare import Comparison, compare
from vsumlab.runs.reading import find_runs
from vsumlab.runs.study_files import write_study


def rounded(comparison: Comparison) -> list[tuple[object, ...]]:
    """What a table of it shows, and a little more."""
    figures = [f"{metric}{suffix}" for metric in METRICS for suffix in ("", "_over_folds", "_over_seeds")]
    return [
        (
            *(line[name] for name in ("scorer", "run", "setting", "paper_row", "seeds", "folds", "missing")),
            *(round(float(line[name]), 5) for name in figures if pd.notna(line[name])),
        )
        for _, line in comparison.lines.iterrows()
    ]


def sweep(folder) -> None:
    """Two seeds of two configurations, and a run that failed."""
    for seed in (0, 1):
        for rate in ("1", "2"):
            overrides = (f"rate={rate}", f"seed={seed}")
            made_run(folder / ",".join(overrides), {"ours": 0.4}, seed=seed, overrides=overrides)
    made_run(folder / "failed", {}, overrides=("rate=3",), status="failed", error="no")


def test_a_kept_study_says_the_same_as_its_runs(tmp_path) -> None:
    sweep(tmp_path / "runs")
    runs = find_runs([tmp_path / "runs"])
    write_study(tmp_path / "study", runs)
    (ours,), (kept,) = compare(runs), compare(find_runs([tmp_path / "study"]))
    assert rounded(ours) == rounded(kept)
    text = (tmp_path / "study" / "results.csv").read_text()
    assert text.count(",random,") == 7, "baselines are kept once a video"
    assert str(tmp_path) not in text + (tmp_path / "study" / "runs.json").read_text()


def test_a_study_next_to_the_runs_that_it_keeps_says_the_same(tmp_path) -> None:
    for seed in (0, 1):
        made_run(tmp_path / "runs" / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
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
        lines = alone.lines.reset_index().set_index("scorer")
        assert alone.from_random(lines.loc["ours", "index"], "f1_mean").n_videos == 7
        assert "human" in lines.index


@pytest.mark.parametrize("stopped", ["write_table", "write_whole", "keep_traces"])
def test_an_interrupted_study_is_as_before(tmp_path, monkeypatch, stopped) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    (tmp_path / "runs" / "a" / "fold_0").mkdir()
    (tmp_path / "runs" / "a" / "fold_0" / "metrics.csv").write_text("epoch,train/loss\n0,1\n")
    runs, study = find_runs([tmp_path / "runs"]), tmp_path / "study"
    write_study(study, runs)
    before = {file.name: file.read_bytes() for file in study.iterdir()}
    monkeypatch.setattr(f"vsumlab.runs.study_files.{stopped}", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_study(study, [*runs, *runs])
    assert before == {file.name: file.read_bytes() for file in study.iterdir()}


def test_metrics_have_six_digits_and_where_there_is_none_a_cell_is_empty(tmp_path) -> None:
    rows = made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    (run,) = find_runs([tmp_path / "runs"])
    table = run.rows.copy()
    table.loc[table["video"] == "video_1", "kendall_tau"] = float("nan")
    write_study(tmp_path / "study", [run._replace(rows=table)])
    kept = pd.read_csv(tmp_path / "study" / "results.csv", dtype=str, keep_default_na=False)
    assert [*kept] == ["run", *COLUMNS]
    for row, (_, line) in zip(rows, kept.iterrows(), strict=True):
        assert (line["video"], line["scorer"]) == (row.video, row.scorer)
        for metric in METRICS:
            left = metric == "kendall_tau" and row.video == "video_1"
            assert line[metric] == ("" if left else f"{getattr(row, metric):.6g}")


def test_a_study_made_anew_from_its_own_files_is_the_same(tmp_path) -> None:
    sweep(tmp_path / "runs")
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    before = {file.name: file.read_bytes() for file in (tmp_path / "study").iterdir()}
    write_study(tmp_path / "study", find_runs([tmp_path / "study"]))
    assert before == {file.name: file.read_bytes() for file in (tmp_path / "study").iterdir()}


def test_a_study_keeps_runs_of_an_earlier_version_by_todays_names(tmp_path) -> None:
    earlier_run(tmp_path / "runs" / "a", {"csnet": 0.4})
    of_today = ("data=tvsum", "method=csnet_unscaled", "seed=1")
    composed_run(tmp_path / "runs" / "b", {"csnet": 0.4}, *of_today, data={"sha256": 64 * "8"})
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    (comparison,) = compare(find_runs([tmp_path / "study"]))
    ours = comparison.lines[comparison.lines["scorer"] == "csnet"]
    assert [(line["run"], line["seeds"], line["paper_row"]) for _, line in ours.iterrows()] == [
        ("", (0, 1), "CSNet")
    ]


def test_a_study_without_a_finished_run_can_be_kept(tmp_path) -> None:
    made_run(tmp_path / "runs" / "a", {}, status="failed", error="no")
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    (run,) = find_runs([tmp_path / "study"])
    assert (run.done, run.record["error"], len(run.rows)) == (False, "no", 0)


@pytest.mark.parametrize("damage", ["{", "[]", '[{"status": "done"}]', '{"median": {}}'])
def test_files_that_are_no_study_are_refused(tmp_path, damage) -> None:
    (tmp_path / "runs.json").write_text(damage)
    (tmp_path / "results.csv").write_text("run,fold\n0,0\n")
    with pytest.raises(UserError, match="its files are not those that a report keeps"):
        find_runs([tmp_path])


@pytest.mark.parametrize("entry", ["data.name", "setting.name"])
def test_a_run_without_what_a_report_needs_is_refused(tmp_path, entry) -> None:
    made_run(tmp_path / "runs" / "a", {"ours": 0.4})
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    file = tmp_path / "study" / "runs.json"
    (record,) = json.loads(file.read_text())
    del record["config"][entry]
    file.write_text(json.dumps([record]))
    with pytest.raises(UserError, match=entry):
        find_runs([tmp_path / "study"])
