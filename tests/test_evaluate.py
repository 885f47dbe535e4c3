"""Importance scores from anywhere, under the same protocol as a run's."""

import csv
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from vsumlab.data.reader import VideoFile
from vsumlab.evaluate import main
from vsumlab.methods.baselines import mean_annotator_scores
from vsumlab.train import train


@pytest.fixture
def evaluate(monkeypatch, capsys, demo_folder):
    """Runs the command line in this process; gives exit code, standard output and error."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vsumlab.evaluate", *arguments, f"paths.data={demo_folder}"])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture(scope="module")
def videos(demo_folder) -> VideoFile:
    return VideoFile(demo_folder / "demo.h5")


@pytest.fixture
def scores(videos) -> dict[str, np.ndarray]:
    """What the mean annotator would say."""
    return {key: mean_annotator_scores(videos[key], "user_scores") for key in videos.keys}


def write_csv(
    path: Path, videos: VideoFile, scores: dict[str, np.ndarray], header="video,pick,score"
) -> Path:
    lines = [header]
    for key, of_video in scores.items():
        lines += [
            f"{key},{pick},{score!r}"
            for pick, score in zip(videos[key].picks, of_video.tolist(), strict=True)
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_h5(path: Path, scores: dict[str, np.ndarray]) -> Path:
    with h5py.File(path, "w") as file:
        for key, of_video in scores.items():
            file[key] = of_video
    return path


def rows_of(text: str) -> dict[str, list[str]]:
    """The figures of the table's lines over all folds, by scorer."""
    lines = (line.split() for line in text.splitlines())
    return {words[0]: words[4:] for words in lines if words[1:3] == ["all", "folds"]}


def test_csv_and_h5_give_the_same_table(evaluate, videos, scores, tmp_path) -> None:
    tables = []
    for path in (write_csv(tmp_path / "mine.csv", videos, scores), write_h5(tmp_path / "mine.h5", scores)):
        code, out, err = evaluate(str(path))
        assert (code, err) == (0, "")
        tables.append(out.split("\n", 1)[1])
    assert tables[0] == tables[1]
    assert set(rows_of(tables[0])) == {"mine", "random", "human"}


def test_the_mean_annotator_beats_random_on_the_demo(evaluate, scores, tmp_path) -> None:
    figures = rows_of(evaluate(str(write_h5(tmp_path / "mean.h5", scores)))[1])
    f1, tau, rho = (float(value) for value in figures["mean"][:3])
    random_f1, random_tau, _ = (float(value) for value in figures["random"][:3])
    assert f1 > random_f1 + 5
    assert tau > 0.3 > abs(random_tau) + 0.2
    assert rho > tau


def test_a_runs_scores_evaluate_to_the_runs_own_rows(evaluate, composed, tmp_path) -> None:
    train(composed("experiment=csnet_canonical", "debug=smoke", "method.hidden_size=8", run=tmp_path))
    with h5py.File(tmp_path / "scores.h5") as file:
        scores = {
            key: group["importance_scores"][()] for fold in file.values() for key, group in fold.items()
        }
    code, out, _ = evaluate(str(write_h5(tmp_path / "csnet.h5", scores)))
    assert code == 0
    assert rows_of(out) == rows_of((tmp_path / "table.txt").read_text())


def test_one_fold_needs_only_its_own_videos(evaluate, composed, scores, tmp_path) -> None:
    from vsumlab.config import build

    config = composed()
    dataset, setting = build(config.data), build(config.setting)
    test = setting.folds(dataset, dataset.open())[2].test
    path = write_h5(tmp_path / "part.h5", {key: scores[key] for key in test})
    code, out, _ = evaluate(str(path), "fold=2")
    assert code == 0
    assert "part" in out
    code, _, err = evaluate(str(path))
    assert code == 2
    assert "no scores" in err
    assert "fold=N" in err


def spoilt(videos: VideoFile, scores: dict[str, np.ndarray], folder: Path) -> dict[str, tuple[Path, str]]:
    """Files that cannot be evaluated, and what is said of each."""
    key = videos.keys[0]
    text = folder / "text.csv"
    text.write_text("video,pick,score\nvideo_1,0,high\n")
    foreign = folder / "foreign.h5"
    foreign.write_bytes(b"not HDF5")
    swapped = {**scores, key: scores[key][:-1]}
    return {
        "missing": (folder / "missing.csv", "no such file"),
        "no header": (write_csv(folder / "bare.csv", videos, scores, header="a,b,c"), "video,pick,score"),
        "words": (text, "not a CSV file"),
        "foreign": (foreign, "not an HDF5 file"),
        "too short": (write_h5(folder / "short.h5", swapped), "picks"),
        "not finite": (write_h5(folder / "nan.h5", {**scores, key: scores[key] * np.nan}), "not finite"),
        "a number a video": (write_h5(folder / "scalar.h5", {**scores, key: np.float64(1)}), "picks"),
        "below 0": (write_h5(folder / "logits.h5", {**scores, key: scores[key] - 3}), "[0, 1]"),
        "a baseline's name": (write_h5(folder / "random.h5", scores), "name of a row"),
        "only a header": (write_csv(folder / "header.csv", videos, {}), "no"),
        "no video": (write_h5(folder / "few.h5", {key: scores[key]}), "no scores"),
    }


def test_what_cannot_be_evaluated_ends_in_one_line_and_exit_code_2(
    evaluate, videos, scores, tmp_path
) -> None:
    for what, (path, says) in spoilt(videos, scores, tmp_path).items():
        code, out, err = evaluate(str(path))
        assert code == 2, what
        assert out == "", what
        assert err.count("\n") == 1, what
        assert says in err, what


def test_csv_as_spreadsheets_and_pandas_write_it(evaluate, videos, scores, tmp_path) -> None:
    plain = write_csv(tmp_path / "mine.csv", videos, scores)
    expected = evaluate(str(plain))[1]
    lines = plain.read_text().splitlines()
    cells = [line.split(",") for line in lines]
    quoted = [",".join(f'"{cell}"' for cell in line) for line in cells]
    floats = [lines[0], *(f"{video},{float(pick)},{score}" for video, pick, score in cells[1:])]
    for text in ("\ufeff" + "\r\n".join(quoted) + "\r\n\r\n", "\n".join(floats)):
        plain.write_text(text, encoding="utf-8")
        assert evaluate(str(plain)) == (0, expected, "")


def test_scores_at_other_picks_are_refused(evaluate, videos, scores, tmp_path) -> None:
    path = write_csv(tmp_path / "mine.csv", videos, scores)
    with path.open() as file:
        lines = list(csv.reader(file))
    lines[1][1] = str(int(lines[1][1]) + 1)
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    code, _, err = evaluate(str(path))
    assert code == 2
    assert "pick" in err


def test_a_misspelt_override_is_one_line(evaluate, scores, tmp_path) -> None:
    code, _, err = evaluate(str(write_h5(tmp_path / "mine.h5", scores)), "data=tvsam")
    assert code == 2
    assert err.count("\n") == 1
    assert "tvsam" in err
