"""Scores from a file to the rows of a report, without a command line."""

import csv
from pathlib import Path

import h5py
import numpy as np
import pytest
from support import plain
from support.full_disk import full_disk

from vsumlab.config import build, compose_config
from vsumlab.core.metric_names import METRICS
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.foreign_scores.scores import ForeignScores
from vsumlab.errors import UserError
from vsumlab.evaluate import evaluate
from vsumlab.runs.reading import read_run


@pytest.fixture
def config(tiny_file, tmp_path):
    """Three folds of the tiny videos."""
    data = ("data=tvsum", f"data.file={tiny_file}", "setting.n_folds=3", "random_draws=2")
    data = (*data, f"paths.runs={tmp_path / 'runs'}")
    return compose_config(data, "evaluate")


@pytest.fixture
def scores(tmp_path, tiny_file) -> Path:
    """A file of random scores, a different one a video."""
    path = tmp_path / "mine.h5"
    with h5py.File(path, "w") as file:
        for seed, key in enumerate(VideoFile(tiny_file).keys):
            file[key] = np.random.default_rng(seed).random(12)
    return path


def test_rows_are_the_protocol_on_every_video_in_its_own_fold(config, scores, tiny_file) -> None:
    run, videos = read_run(evaluate(ForeignScores(scores), config)), VideoFile(tiny_file)
    dataset, setting = build(config.data), build(config.setting)
    own = run.rows[run.rows["scorer"] == "mine"]
    folds = {key: fold.index for fold in setting.folds(dataset, setting.open(videos)) for key in fold.test}
    assert dict(zip(own["video"], own["fold"], strict=True)) == folds
    assert len(folds) == 10
    with h5py.File(scores) as file:
        for row in own.to_dict("records"):
            expected = plain.evaluate(file[row["video"]][()], videos[row["video"]], "user_scores")
            assert [row[name] for name in METRICS] == pytest.approx(expected, nan_ok=True)
    assert set(run.rows["scorer"]) == {"mine", "random", "human", "gtscore"}


def test_a_fold_can_be_named(scores, config) -> None:
    config.fold = 1
    run = read_run(evaluate(ForeignScores(scores), config))
    assert set(run.rows["fold"]) == {1}
    assert run.done
    assert run.name == "mine"
    assert config.name is None


def test_scores_of_no_video_are_named_in_order_and_not_used(scores, config, caplog) -> None:
    config.name = "first"
    expected = read_run(evaluate(ForeignScores(scores), config)).rows
    config.name = "mine"
    assert caplog.text == ""
    with h5py.File(scores, "a") as file:
        for number in (10, 9, 2, 100):
            file[f"unknown_{number}"] = np.ones(3)
    found = read_run(evaluate(ForeignScores(scores), config)).rows
    assert found.replace("mine", "first").equals(expected)
    assert "unknown_2, unknown_9, unknown_10, …: not among the videos" in caplog.text


def test_numbers_that_make_no_sense_are_refused(scores, config) -> None:
    config.random_draws = 1
    with pytest.raises(UserError, match="random_draws=1: expected a whole number, at least 2"):
        evaluate(ForeignScores(scores), config)


@pytest.mark.parametrize("room", [0, 2_000, 15_000])
def test_a_full_disk_is_one_line_and_leaves_no_run(room, scores, config, tmp_path) -> None:
    """Whatever is being written: plots, scores, the record."""
    with full_disk(room), pytest.raises(UserError, match=r"cannot be written \(File too large\)") as refusal:
        evaluate(ForeignScores(scores), config)
    assert "\n" not in str(refusal.value)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.h5"}


def test_names_of_videos_are_names_and_nothing_else(scores, config, tiny_file, tmp_path) -> None:
    """In paths, in cells of tables, in the run that is read again."""
    names = ["..", "=cmd()", "<script>alert(1)", "a\x1b[2J\nb", "CON", "x" * 300, "-1+1", "a\\..\\b"]
    hostile = tmp_path / "hostile.h5"
    hostile.write_bytes(tiny_file.read_bytes())
    with h5py.File(hostile, "a") as file, h5py.File(scores, "a") as of_them:
        for number, name in enumerate(names, 1):
            file.move(f"video_{number}", name)
            of_them.move(f"video_{number}", name)
    config.data.file = str(hostile)
    folder = evaluate(ForeignScores(scores), config)
    run = read_run(folder)
    assert set(run.rows["video"]) == {*names, "video_9", "video_10"}
    assert {path.name for path in tmp_path.iterdir()} == {"mine.h5", "hostile.h5", "runs"}
    plots = [*folder.rglob("*.svg")]
    assert len(plots) == 3
    assert all(plot.parent.name == "figures" for plot in plots)
    with (folder / "videos.csv").open(newline="", encoding="utf-8") as table:
        texts = [row["video"] for row in csv.DictReader(table)]
    assert not [text for text in texts if text.startswith(("=", "-", "+", "@"))]
