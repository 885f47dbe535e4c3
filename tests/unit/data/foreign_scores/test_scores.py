"""Importance scores that some other program wrote, in each of the forms that they may have."""

import os
from pathlib import Path

import h5py
import numpy as np
import pytest
from support.made import made_video
from support.scores import write_scores_file

from vsumlab.data.foreign_scores.scores import ForeignScores
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


def test_a_fold_has_its_own_scores_and_never_another_folds(tmp_path) -> None:
    folds = {fold: {"csnet": {"video_1": np.full(6, fold / 10)}} for fold in (1, 3)}
    found = ForeignScores(write_scores_file(tmp_path / "scores.h5", folds))
    assert found.folds == (1, 3)
    assert [found.of(VIDEOS[0], fold)[0] for fold in (1, 3)] == [0.1, 0.3]
    with pytest.raises(UserError, match=r"fold 2 has no scores of video_1, .* choose fold=1 or fold=3,"):
        found.of(VIDEOS[0], 2)


def test_a_video_without_scores_is_named(tmp_path) -> None:
    found = ForeignScores(write_h5(tmp_path / "mine.h5"))
    with pytest.raises(UserError, match=r"mine\.h5: video_9: no scores"):
        found.of(made_video(9), 0)


@pytest.mark.parametrize(
    ("scores", "said"), [(np.ones(5), 5), (np.ones(7), 7), (np.ones((2, 3)), "2×3"), (np.float64(1), 1)]
)
def test_another_number_of_scores_is_refused(scores, said, tmp_path) -> None:
    with h5py.File(tmp_path / "mine.h5", "w") as file:
        file["video_1"] = scores
    with pytest.raises(UserError, match=rf"video_1: found {said} scores, .* each of its 6 picks"):
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


def write_frames(path: Path, picks: bool) -> Path:
    """Scores of every frame, as a CSV file that says so or an array that does not."""
    frames = {video.key: np.random.default_rng(1).random(video.timeline.n_frames) for video in VIDEOS}
    if picks:
        lines = [
            f"{key},{n},{score!r}" for key, own in frames.items() for n, score in enumerate(own.tolist())
        ]
        path.write_text("\n".join(["video,pick,score", *lines]))
    else:
        np.savez(path, **frames)
    return path


@pytest.mark.parametrize(("name", "picks"), [("mine.csv", True), ("mine.npz", False)])
def test_scores_of_all_frames_are_taken_at_the_picks(name, picks, tmp_path) -> None:
    found = ForeignScores(write_frames(tmp_path / name, picks))
    for video in VIDEOS:
        of_frames = np.random.default_rng(1).random(video.timeline.n_frames)
        expected = [of_frames[pick] for pick in video.timeline.picks.tolist()]
        assert found.of(video, 0).tolist() == expected


def write_npz(path: Path, scores: dict[str, np.ndarray]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **scores)
    return path


def test_scores_above_1_are_divided_by_the_greatest_of_all(tmp_path, caplog) -> None:
    rated = {key: 1 + 4 * scores for key, scores in SCORES.items()}
    found = ForeignScores(write_npz(tmp_path / "rated.npz", rated))
    greatest = max(scores.max() for scores in rated.values())
    for video in VIDEOS:
        np.testing.assert_allclose(found.of(video, 0), rated[video.key] / greatest, rtol=1e-15)
    (record,) = caplog.records
    assert "F1 is of scores in [0, 1], so all are divided by" in record.getMessage()


def test_scores_below_0_are_taken_from_least_to_greatest_video_by_video(tmp_path, caplog) -> None:
    logits = {key: np.random.default_rng(3).normal(size=len(scores)) for key, scores in SCORES.items()}
    logits["video_2"] = np.full(7, -3.0)
    found = ForeignScores(write_npz(tmp_path / "logits.npz", logits))
    first, flat = (found.of(video, 0) for video in VIDEOS)
    assert (first.min(), first.max()) == (0, 1)
    np.testing.assert_array_equal(np.argsort(first), np.argsort(logits["video_1"]))
    assert flat.tolist() == [0.0] * 7
    assert "each video's are taken from its least to its greatest" in caplog.text


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1.7e308, 1.0, 5e-324])
def test_scores_of_any_size_are_scaled_to_the_same(size, tmp_path) -> None:
    signed = {
        "video_1": np.array([-1, 1, 0, 1, -1, 0]) * size,
        "video_2": np.array([0, 1e-9, *[-1.7e308] * 5]),
    }
    signed["video_3"] = np.array([-1, 3, 0]) * 1e-9
    found = ForeignScores(write_npz(tmp_path / "huge.npz", signed))
    assert found.of(VIDEOS[0], 0).tolist() == [0, 1, 0.5, 1, 0, 0.5]
    assert found._scores["video_3"][None].scores.tolist() == [0, 1, 0.25]


def test_scores_in_range_are_left_as_they_are_and_nothing_is_said(tmp_path, caplog) -> None:
    found = ForeignScores(write_npz(tmp_path / "mine.npz", SCORES))
    np.testing.assert_array_equal(found.of(VIDEOS[0], 0), SCORES["video_1"])
    assert not caplog.records


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_scores_that_are_not_finite_are_refused_by_video(odd, tmp_path) -> None:
    spoilt = SCORES | {"video_2": np.where(np.arange(7) == 3, odd, 0.5)}
    with pytest.raises(UserError, match=r"video_2: 1 scores are not finite: mend the scorer"):
        ForeignScores(write_npz(tmp_path / "mine.npz", spoilt))


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("name", ["split{}/scores.npz", "fold_{}.npz", "tvsum Split-{}.npz"])
def test_a_folder_has_a_file_a_split_counted_from_0_or_from_1(first, name, tmp_path, caplog) -> None:
    for split in range(3):
        shifted = {key: scores * (split + 1) / 10 for key, scores in SCORES.items()}
        write_npz(tmp_path / "theirs" / name.format(split + first), shifted)
    found = ForeignScores(tmp_path / "theirs", n_folds=3)
    assert found.name == "theirs"
    assert len(found.files) == 3
    assert ("splits 1 to 3 are taken to be the folds 0 to 2" in caplog.text) == (first == 1)
    for split in range(3):
        np.testing.assert_array_equal(found.of(VIDEOS[0], split), SCORES["video_1"] * (split + 1) / 10)


@pytest.mark.parametrize(("splits", "n_folds"), [((1, 2, 3), 5), ((1, 3), 2), ((2, 3), 2), ((1, 2), None)])
def test_splits_that_are_not_all_from_1_on_keep_their_numbers(splits, n_folds, tmp_path, caplog) -> None:
    for split in splits:
        write_npz(tmp_path / f"split{split}.npz", SCORES)
    assert ForeignScores(tmp_path, n_folds=n_folds).folds == splits
    assert caplog.text == ""


def test_a_video_that_only_another_split_has_is_refused(tmp_path) -> None:
    for split, key in enumerate(SCORES):
        write_npz(tmp_path / f"split{split}.npz", {key: SCORES[key]})
    found = ForeignScores(tmp_path)
    assert found.of(VIDEOS[1], 1).tolist() == SCORES["video_2"].tolist()
    with pytest.raises(UserError, match=r"fold 0 has no scores of video_2, .* fold=1, .* data\.splits=FILE"):
        found.of(VIDEOS[1], 0)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), "no file of scores in there"),
        (("notes.txt",), "no file of scores in there"),
        (("mine.npz",), r"mine\.npz: no split in its name"),
        (("split_1/1.npz", "split_1/2.npz"), r"1\.npz and 2\.npz are both of split 1: keep one"),
    ],
)
def test_a_folder_of_other_files_is_refused_in_one_line(names, said, tmp_path) -> None:
    for name in names:
        write_npz(tmp_path / name, SCORES) if name.endswith("npz") else (tmp_path / name).touch()
    with pytest.raises(UserError, match=said):
        ForeignScores(tmp_path)


def test_a_name_that_no_file_can_have_is_of_no_file() -> None:
    with pytest.raises(UserError, match="no such file"):
        ForeignScores(Path("x" * 300))


def test_what_is_neither_a_file_nor_a_folder_is_never_waited_for(tmp_path) -> None:
    """A named pipe, alone and in a folder, and a device that never ends."""
    folder = tmp_path / "scores"
    folder.mkdir()
    os.mkfifo(folder / "split_0.json")
    (folder / "split_1.csv").symlink_to("/dev/zero")
    for path, said in (
        (folder / "split_0.json", "neither a file nor a folder"),
        (folder / "split_1.csv", "neither a file nor a folder"),
        (folder, "no file of scores in there"),
    ):
        with pytest.raises(UserError, match=said):
            ForeignScores(path)
