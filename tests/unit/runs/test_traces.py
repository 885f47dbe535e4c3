"""What a run leaves of its training and scores, and what a study keeps of it."""

import csv
import json
import shutil
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
from support.run_folders import earlier_run, made_run

from vsumlab.errors import UserError
from vsumlab.report.page import html_report
from vsumlab.runs.reading import find_runs
from vsumlab.runs.study_files import write_study
from vsumlab.runs.traces import BINS, Traces, keep_traces, read_kept_traces, read_traces, together

EPOCHS = 3


def by_name(curves: pd.DataFrame) -> dict[str, dict[int, dict[int, float]]]:
    """What was logged, by name, fold and epoch."""
    found: dict[str, dict[int, dict[int, float]]] = {}
    for name in curves.columns.drop(["fold", "epoch"]):
        for fold, epoch, value in zip(curves["fold"], curves["epoch"], curves[name], strict=True):
            if not np.isnan(value):
                found.setdefault(name, {}).setdefault(fold, {})[epoch] = value
    return found


def test_curves_are_what_was_logged_an_epoch_at_a_time(trained) -> None:
    curves = by_name(read_traces(trained).curves)
    assert {"train/score_variance", "train/discriminator/original", "validation/kendall_tau"} <= curves.keys()
    assert not [name for name in curves if "chosen" in name or name.startswith("test")]
    for fold in (0, 1):
        with (trained / f"fold_{fold}" / "metrics.csv").open(newline="") as file:
            lines = list(csv.DictReader(file))
        for name, folds in curves.items():
            assert folds[fold] == {int(line["epoch"]): float(line[name]) for line in lines if line[name]}
            assert list(folds[fold]) == list(range(EPOCHS))


def test_a_fold_of_an_unfinished_run_has_its_own_curves(trained) -> None:
    whole = read_traces(trained).curves
    own = read_traces(trained / "fold_1").curves
    expected = whole[whole["fold"] == 1].dropna(axis=1, how="all")
    pd.testing.assert_frame_equal(own, expected[own.columns].reset_index(drop=True))
    assert len(own) == EPOCHS


def test_what_is_logged_every_other_epoch_stays_at_its_epoch(tmp_path) -> None:
    (tmp_path / "fold_0").mkdir()
    lines = ["epoch,train/loss,validation/loss", "0,5,", "1,,3", "1,4,", "2,3,", "3,,1", "3,2,", "4,,"]
    (tmp_path / "fold_0" / "metrics.csv").write_text("\n".join(lines) + "\n")
    traces = read_traces(tmp_path)
    curves = by_name(traces.curves)
    assert curves["validation/loss"] == {0: {1: 3, 3: 1}}
    assert curves["train/loss"] == {0: {0: 5, 1: 4, 2: 3, 3: 2}}
    keep_traces(tmp_path, [traces])
    assert by_name(read_kept_traces(tmp_path, 1)[0].curves) == curves


def test_histograms_count_every_test_frame_once(trained) -> None:
    histograms = read_traces(trained).histograms
    assert [*histograms.index] == ["csnet"]
    with h5py.File(trained / "scores.h5") as file:
        scores = np.concatenate(
            [file[f"{fold}/{video}/csnet/importance_scores"] for fold in file for video in file[fold]]
        )
    expected = np.bincount(np.minimum((scores * BINS).astype(int), BINS - 1), minlength=BINS)
    assert histograms.loc["csnet"].tolist() == expected.tolist()


def curves_of(*lines: tuple[int, int, float, float]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["fold", "epoch", "loss", "more"])


def test_runs_together_have_all_folds_in_order_and_all_scores() -> None:
    ours = Traces(curves_of((1, 0, 3.0, np.nan)).drop(columns="more"), pd.DataFrame([[1, 2]], index=["a"]))
    theirs = Traces(
        curves_of((0, 0, 4.0, 1.0), (1, 0, 9.0, np.nan)),
        pd.DataFrame([[1, 0], [5, 5]], index=["a", "b"]),
    )
    found = together([ours, theirs])
    assert found.curves["fold"].tolist() == [0, 1]
    assert by_name(found.curves) == {"loss": {0: {0: 4.0}, 1: {0: 3.0}}, "more": {0: {0: 1.0}}}
    assert {scorer: counts.tolist() for scorer, counts in found.histograms.iterrows()} == {
        "a": [2, 2],
        "b": [5, 5],
    }


def test_runs_that_left_nothing_have_nothing_together(tmp_path) -> None:
    nothing = read_traces(tmp_path)
    assert nothing.curves.empty
    assert nothing.histograms.empty
    found = together([nothing, nothing])
    assert found.curves.empty
    assert found.histograms.empty


def test_a_study_keeps_them_and_keeps_them_again(trained, tmp_path) -> None:
    runs = find_runs([trained])
    write_study(tmp_path / "study", runs)
    kept = find_runs([tmp_path / "study"])
    write_study(tmp_path / "again", kept)
    ours, theirs = runs[0].traces(), kept[0].traces()
    mine, its = by_name(ours.curves), by_name(theirs.curves)
    assert mine.keys() == its.keys()
    for name, folds in mine.items():
        assert folds.keys() == its[name].keys()
        for fold, values in folds.items():
            assert its[name][fold] == pytest.approx(values, rel=1e-4)
    assert [*ours.histograms.index] == [*theirs.histograms.index]
    np.testing.assert_array_equal(ours.histograms, theirs.histograms)
    for file in (tmp_path / "study").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_each_run_of_a_study_keeps_its_own(tmp_path) -> None:
    for name, loss in (("a", 1), ("b", 2), ("c", None)):
        made_run(tmp_path / "runs" / name, {"ours": 0.4}, overrides=(f"x={name}",))
        if loss:
            (tmp_path / "runs" / name / "fold_0").mkdir()
            log = f"epoch,train/{name}\n0,{loss}\n"
            (tmp_path / "runs" / name / "fold_0" / "metrics.csv").write_text(log)
    write_study(tmp_path / "study", find_runs([tmp_path / "runs"]))
    kept = [by_name(run.traces().curves) for run in find_runs([tmp_path / "study"])]
    assert kept == [{"train/a": {0: {0: 1}}}, {"train/b": {0: {0: 2}}}, {}]


def test_a_run_of_an_earlier_version_has_its_curves(tmp_path) -> None:
    earlier_run(tmp_path, {"csnet": 0.4})
    assert by_name(read_traces(tmp_path).curves) == {
        "train/score_variance": {fold: {0: 0.01, 1: 0.02} for fold in (0, 1)}
    }


def test_the_page_of_a_study_shows_what_that_of_its_runs_does_but_for_videos(trained, tmp_path) -> None:
    write_study(tmp_path / "study", find_runs([trained]))
    for page, videos in (
        (html_report(find_runs([trained])), 2),
        (html_report(find_runs([tmp_path / "study"])), 0),
    ):
        assert page.count("Variance of scores, epoch by epoch</h3>") == 1
        assert page.count("Training, epoch by epoch, a line a fold</h3>") == 1
        assert page.count("Distribution of scores over all test frames</h3>") == 1
        assert page.count("<h3>tvsum video_") == videos
        assert (page.count("<h2>Videos</h2>") == 1) == (videos > 0)


def test_studies_without_them_can_be_read(trained, tmp_path) -> None:
    study = tmp_path / "study"
    write_study(study, find_runs([trained]))
    (study / "training.csv").unlink()
    (study / "distributions.csv").unlink()
    (kept,) = find_runs([study])
    assert all(traces.empty for traces in kept.traces())
    assert "Training and scores" not in html_report([kept])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scores.h5", r"scores\.h5: found no readable HDF5 file"),
        ("fold_0/metrics.csv", r"a metrics\.csv in it is not as a run writes it"),
    ],
)
def test_a_damaged_file_is_one_line(trained, tmp_path, name, said) -> None:
    copy = shutil.copytree(trained, tmp_path / "run")
    (copy / name).write_text("train/loss\nmuch\n")
    with pytest.raises(UserError, match=said):
        html_report(find_runs([copy]))


def test_files_of_another_study_are_refused(trained, tmp_path) -> None:
    study = tmp_path / "study"
    write_study(study, find_runs([trained]))
    (study / "runs.json").write_text(json.dumps([]))
    with pytest.raises(UserError, match="its files are not those that a report keeps"):
        find_runs([study])
    write_study(tmp_path / "two", find_runs([trained]))
    training = tmp_path / "two" / "training.csv"
    training.write_text(training.read_text().replace("\n0,0,", "\n7,0,"))
    with pytest.raises(UserError, match="run 7"):
        find_runs([tmp_path / "two"])


def test_a_run_that_trained_nothing_has_no_curves(tmp_path) -> None:
    """Its log has the test metrics alone, which are of no epoch."""
    made_run(tmp_path, {"ours": 0.4})
    (tmp_path / "fold_0").mkdir(exist_ok=True)
    (tmp_path / "fold_0" / "metrics.csv").write_text("step,test/f1\n0,0.5\n")
    assert read_traces(tmp_path).curves.empty


def linked(kind: str, folder: Path) -> Path:
    """A `scores.h5` that is no run's: it leads elsewhere, or holds something else."""
    with h5py.File(folder / "secret.h5", "w") as file:
        file["v/x/importance_scores"] = np.ones(3, np.float32)
    path = folder / "scores.h5"
    with h5py.File(path, "w") as file:
        if kind == "dataset in another file":
            scores = h5py.ExternalLink("secret.h5", "v/x/importance_scores")
            file.create_group("fold_0/v/x")["importance_scores"] = scores
        elif kind == "group in another file":
            file["fold_0"] = h5py.ExternalLink("secret.h5", "/")
        elif kind == "no end":
            file.create_dataset("fold_0/v/x/importance_scores", shape=(10**12,), chunks=(10**6,), dtype="f4")
        elif kind == "circle":
            file["fold_0"] = h5py.SoftLink("/")
        elif kind == "dangling":
            file["fold_0/v/x"] = h5py.SoftLink("/nowhere")
        elif kind == "text":
            file["fold_0/v/x/importance_scores"] = "text"
        elif kind == "no group":
            file["fold_0"] = 1.0
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "dataset in another file",
        "group in another file",
        "no end",
        "circle",
        "dangling",
        "text",
        "no group",
    ],
)
def test_scores_that_lead_elsewhere_or_have_no_end_are_refused(tmp_path, kind) -> None:
    linked(kind, tmp_path)
    with pytest.raises(UserError, match=r"scores\.h5: found no readable HDF5 file"):
        read_traces(tmp_path)
