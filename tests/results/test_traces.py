"""What a run leaves of its training and scores, and what a study keeps of it."""

import csv
import json
import shutil

import h5py
import numpy as np
import pytest

from vsumlab.errors import UserError
from vsumlab.results.html import html_report
from vsumlab.results.runs import find_runs, write_study
from vsumlab.results.traces import BINS, Traces, keep_traces, read_kept_traces, read_traces, together
from vsumlab.train import train

EPOCHS = 3


@pytest.fixture(scope="module")
def run(composed, tmp_path_factory):
    """A run of two folds that trained, validated and scored."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    small = ("method.hidden_size=8", "+trainer.limit_train_batches=2", "setting.n_folds=2", "random_draws=2")
    train(
        composed("method=csnet", *small, f"trainer.max_epochs={EPOCHS}", "selection=validation", run=folder)
    )
    return folder


def test_curves_are_what_was_logged_an_epoch_at_a_time(run) -> None:
    curves = read_traces(run).curves
    assert {"train/score_variance", "train/discriminator/original", "validation/kendall_tau"} <= curves.keys()
    assert not [name for name in curves if "chosen" in name or name.startswith("test")]
    for fold in (0, 1):
        with (run / f"fold_{fold}" / "metrics.csv").open(newline="") as file:
            lines = list(csv.DictReader(file))
        for name, folds in curves.items():
            assert folds[fold] == {int(line["epoch"]): float(line[name]) for line in lines if line[name]}
            assert list(folds[fold]) == list(range(EPOCHS))


def test_what_is_logged_every_other_epoch_stays_at_its_epoch(tmp_path) -> None:
    (tmp_path / "fold_0").mkdir()
    lines = ["epoch,train/loss,validation/loss", "0,5,", "1,,3", "1,4,", "2,3,", "3,,1", "3,2,", "4,,"]
    (tmp_path / "fold_0" / "metrics.csv").write_text("\n".join(lines) + "\n")
    traces = read_traces(tmp_path)
    assert traces.curves["validation/loss"] == {0: {1: 3, 3: 1}}
    assert traces.curves["train/loss"] == {0: {0: 5, 1: 4, 2: 3, 3: 2}}
    keep_traces(tmp_path, [traces])
    assert read_kept_traces(tmp_path, 1)[0].curves == traces.curves


def test_histograms_count_every_test_frame_once(run) -> None:
    (counts,) = read_traces(run).histograms.values()
    with h5py.File(run / "scores.h5") as file:
        scores = np.concatenate(
            [file[f"{fold}/{video}/csnet/importance_scores"] for fold in file for video in file[fold]]
        )
    expected = np.bincount(np.minimum((scores * BINS).astype(int), BINS - 1), minlength=BINS)
    assert counts.tolist() == expected.tolist()


def test_runs_together_have_all_folds_in_order_and_all_scores() -> None:
    ours = Traces({"loss": {1: {0: 3.0}}}, {"a": np.array([1, 2])})
    theirs = Traces(
        {"loss": {0: {0: 4.0}, 1: {0: 9.0}}, "more": {0: {0: 1.0}}},
        {"a": np.array([1, 0]), "b": np.array([5, 5])},
    )
    found = together([ours, theirs])
    assert list(found.curves["loss"].items()) == [(0, {0: 4.0}), (1, {0: 3.0})]
    assert found.curves["more"] == {0: {0: 1.0}}
    assert {name: counts.tolist() for name, counts in found.histograms.items()} == {"a": [2, 2], "b": [5, 5]}


def test_a_study_keeps_them_and_keeps_them_again(run, tmp_path) -> None:
    runs = find_runs([run])
    write_study(tmp_path / "study", runs)
    kept = find_runs([tmp_path / "study"])
    write_study(tmp_path / "again", kept)
    ours, theirs = runs[0].traces(), kept[0].traces()
    assert ours.curves.keys() == theirs.curves.keys()
    for name, folds in ours.curves.items():
        assert folds.keys() == theirs.curves[name].keys()
        for fold, values in folds.items():
            assert theirs.curves[name][fold] == pytest.approx(values, rel=1e-4)
    assert {name: own.tolist() for name, own in ours.histograms.items()} == {
        name: own.tolist() for name, own in theirs.histograms.items()
    }
    for file in (tmp_path / "study").iterdir():
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()


def test_the_page_of_a_study_shows_what_that_of_its_runs_does_but_for_videos(run, tmp_path) -> None:
    write_study(tmp_path / "study", find_runs([run]))
    for page, videos in (
        (html_report(find_runs([run])), 3),
        (html_report(find_runs([tmp_path / "study"])), 0),
    ):
        assert page.count("Variance of scores, epoch by epoch</h3>") == 1
        assert page.count("Training, epoch by epoch, a line a fold</h3>") == 1
        assert page.count("Distribution of scores over all test frames</h3>") == 1
        assert (page.count("<h2>Videos</h2>") == 1) == (videos > 0)


def test_studies_without_them_can_be_read(run, tmp_path) -> None:
    study = tmp_path / "study"
    write_study(study, find_runs([run]))
    (study / "training.csv").unlink()
    (study / "distributions.csv").unlink()
    (kept,) = find_runs([study])
    assert kept.traces() == ({}, {})
    assert "Training and scores" not in html_report([kept])


@pytest.mark.parametrize("name", ["scores.h5", "fold_0/metrics.csv"])
def test_a_damaged_file_is_one_line(run, tmp_path, name) -> None:
    copy = shutil.copytree(run, tmp_path / "run")
    (copy / name).write_text("train/loss\nmuch\n")
    with pytest.raises(UserError, match=r"metrics\.csv or scores\.h5 is not as a run writes it"):
        html_report(find_runs([copy]))


def test_files_of_another_study_are_refused(run, tmp_path) -> None:
    study = tmp_path / "study"
    write_study(study, find_runs([run]))
    (study / "runs.json").write_text(json.dumps([]))
    with pytest.raises(UserError, match="its files are not those that a report keeps"):
        find_runs([study])
