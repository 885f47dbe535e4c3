"""Importance scores that some other program wrote, in each of the forms that they may have."""

from pathlib import Path

import h5py
import numpy as np
import pytest
from support.made import made_video
from support.scores import write_scores_file

from vsumlab.data.foreign_scores import ForeignScores
from vsumlab.errors import UserError

VIDEOS = [made_video(seed, n_picks=5 + seed) for seed in (1, 2)]
SCORES = {video.key: np.random.default_rng(0).random(video.n_picks) for video in VIDEOS}


def write_csv(path: Path, header="video,pick,score", end="\n") -> Path:
    lines = [header]
    for video in VIDEOS:
        of_video = zip(video.timeline.picks.tolist(), SCORES[video.key].tolist(), strict=True)
        lines += [f"{video.key},{pick},{score!r}" for pick, score in of_video]
    path.write_text(end.join(lines) + end, encoding="utf-8", newline="")
    return path


def write_h5(path: Path) -> Path:
    with h5py.File(path, "w") as file:
        for key, scores in SCORES.items():
            file[key] = scores
    return path


WRITERS = {
    "mine.csv": write_csv,
    "mine.h5": write_h5,
    "mine.hdf5": write_h5,
    "mine.txt": lambda path: write_csv(path, "\ufeffvideo, pick ,score", "\r\n"),  # as spreadsheets do
    "mine.table": lambda path: write_csv(path, end="\n\n"),
}


@pytest.mark.parametrize("name", WRITERS)
def test_scores_are_read_to_the_last_bit_in_every_form(name, tmp_path) -> None:
    found = ForeignScores(WRITERS[name](tmp_path / name))
    assert found.name == "mine"
    assert sorted(found.keys) == sorted(SCORES)
    for video in VIDEOS:
        np.testing.assert_array_equal(found.of(video, 0), SCORES[video.key])


def test_a_runs_file_has_scorers_of_which_one_is_named(tmp_path) -> None:
    turned = {key: 1 - scores for key, scores in SCORES.items()}
    path = write_scores_file(tmp_path / "scores.h5", {0: {"csnet": SCORES, "csnet (loss)": turned}})
    for scorer, expected in (("csnet", SCORES), ("csnet (loss)", turned)):
        found = ForeignScores(path, scorer)
        assert found.name == scorer
        np.testing.assert_array_equal(found.of(VIDEOS[0], 0), expected["video_1"])
    with pytest.raises(
        UserError, match=r"no scorer is named: choose one with --scorer: csnet csnet \(loss\)$"
    ):
        ForeignScores(path)
    with pytest.raises(UserError, match=r"no scorer other: choose one"):
        ForeignScores(path, "other")


def test_a_lone_scorer_need_not_be_named(tmp_path) -> None:
    assert ForeignScores(write_scores_file(tmp_path / "scores.h5", {0: {"csnet": SCORES}})).name == "csnet"
    assert ForeignScores(write_h5(tmp_path / "mine.h5"), "mine").name == "mine"


def test_a_fold_has_its_own_scores_and_others_the_first_folds(tmp_path) -> None:
    folds = {fold: {"csnet": {"video_1": np.full(6, fold / 10)}} for fold in (1, 3)}
    found = ForeignScores(write_scores_file(tmp_path / "scores.h5", folds))
    assert [found.of(VIDEOS[0], fold)[0] for fold in (0, 1, 2, 3)] == [0.1, 0.1, 0.1, 0.3]


def test_a_video_without_scores_is_named(tmp_path) -> None:
    found = ForeignScores(write_h5(tmp_path / "mine.h5"))
    with pytest.raises(UserError, match=r"mine\.h5: video_9: no scores"):
        found.of(made_video(9), 0)


@pytest.mark.parametrize("scores", [np.ones(5), np.ones(7), np.ones((6, 1)), np.float64(1)])
def test_another_number_of_scores_is_refused(scores, tmp_path) -> None:
    with h5py.File(tmp_path / "mine.h5", "w") as file:
        file["video_1"] = scores
    with pytest.raises(UserError, match=rf"video_1: found {np.size(scores)} scores, .* file's 6: give"):
        ForeignScores(tmp_path / "mine.h5").of(VIDEOS[0], 0)


@pytest.mark.parametrize("change", ["shifted", "in another order"])
def test_scores_of_other_picks_are_refused(change, tmp_path) -> None:
    first, *rest = write_csv(tmp_path / "mine.csv").read_text().splitlines()
    if change == "shifted":
        rest[3] = "video_1,7777,0.5"
    else:
        rest[0], rest[1] = rest[1], rest[0]
    (tmp_path / "mine.csv").write_text("\n".join([first, *rest]))
    found = ForeignScores(tmp_path / "mine.csv")
    with pytest.raises(UserError, match=r"video_1: found 6 scores, or other picks"):
        found.of(VIDEOS[0], 0)
    np.testing.assert_array_equal(found.of(VIDEOS[1], 0), SCORES["video_2"])


BAD_CSV = {
    "no header": ("video_1,0,0.5\n", "first line is not the header"),
    "another header": ("video,frame,score\nvideo_1,0,0.5\n", "first line is not the header"),
    "nothing": ("", "not a CSV file"),
    "the header alone": ("video,pick,score\n", "not a CSV file"),
    "a word for a score": ("video,pick,score\nvideo_1,0,much\n", "not a CSV file"),
    "a column missing": ("video,pick,score\nvideo_1,0\n", "not a CSV file"),
    "lines of unlike length": ("video,pick,score\nvideo_1,0,0.5\nvideo_1,15\n", "not a CSV file"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_csv_of_another_form_is_refused_in_one_line(case, tmp_path) -> None:
    content, said = BAD_CSV[case]
    path = tmp_path / "mine.csv"
    path.write_text(content)
    with pytest.raises(UserError, match=said) as refusal:
        ForeignScores(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_a_csv_that_is_no_text_is_refused(tmp_path) -> None:
    (tmp_path / "mine.csv").write_bytes(b"\x89HDF\r\n\xff\xfe")
    with pytest.raises(UserError, match="not a CSV file"):
        ForeignScores(tmp_path / "mine.csv")


def text(file: h5py.File) -> None:
    file["video_1"] = "0.5, 0.6"


def groups(file: h5py.File) -> None:
    file["video_1/scores"] = np.ones(6)


def stray_in_a_fold(file: h5py.File) -> None:
    file["fold_0/video_1"] = np.ones(6)


def scorer_without_scores(file: h5py.File) -> None:
    file["fold_0/video_1/csnet/summary"] = np.ones(6)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (text, "not an HDF5 file with an array of numbers"),
        (groups, "no scores: write an array"),
        (stray_in_a_fold, "not an HDF5 file with an array of numbers"),
        (scorer_without_scores, "not an HDF5 file with an array of numbers"),
        (lambda file: None, "no scores: write an array"),
    ],
)
def test_hdf5_of_another_form_is_refused_in_one_line(write, said, tmp_path) -> None:
    path = tmp_path / "mine.h5"
    with h5py.File(path, "w") as file:
        write(file)
    with pytest.raises(UserError, match=said) as refusal:
        ForeignScores(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


def test_files_that_are_missing_or_no_hdf5_are_refused(tmp_path) -> None:
    with pytest.raises(UserError, match=r"none\.h5: no such file"):
        ForeignScores(tmp_path / "none.h5")
    write_csv(tmp_path / "mine.h5")
    with pytest.raises(UserError, match=r"mine\.h5: not an HDF5 file"):
        ForeignScores(tmp_path / "mine.h5")
