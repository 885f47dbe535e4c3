"""A run's scores, read back by what HDF5 itself says."""

import h5py
import numpy as np
import pytest
from support import plain

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.runs.scores_file import join_scores, write_scores


def made_scores(seed: int, keys: list[str]) -> dict[str, dict[str, np.ndarray]]:
    rng = np.random.default_rng(seed)
    return {
        name: {key: rng.random(12, dtype=np.float32) for key in keys} for name in ("align", "align,filter")
    }


def test_a_file_has_scores_and_key_shots_by_fold_video_and_scorer(video_file, tmp_path) -> None:
    videos = VideoFile(video_file(3))
    scores = made_scores(0, ["video_1", "video_3"])
    write_scores(tmp_path / "scores.h5", {4: scores}, videos)
    with h5py.File(tmp_path / "scores.h5") as file:
        found: list[str] = []
        file.visititems(lambda name, item: found.append(name) if isinstance(item, h5py.Dataset) else None)
        assert sorted(found) == sorted(
            f"fold_4/{key}/{scorer}/{name}"
            for key in ("video_1", "video_3")
            for scorer in scores
            for name in ("importance_scores", "summary")
        )
        for scorer, of_videos in scores.items():
            for key, importance in of_videos.items():
                group = file[f"fold_4/{key}/{scorer}"]
                assert group["importance_scores"].dtype == importance.dtype
                np.testing.assert_array_equal(group["importance_scores"], importance)
                timeline = videos[key].timeline
                np.testing.assert_array_equal(group["summary"], plain.summary(importance, timeline))


def test_folds_together_are_one_file_and_their_own_stay(video_file, tmp_path) -> None:
    videos = VideoFile(video_file(3))
    for fold in (0, 1):
        write_scores(tmp_path / f"{fold}.h5", {fold: made_scores(fold, [f"video_{fold + 1}"])}, videos)
    before = [(tmp_path / f"{fold}.h5").read_bytes() for fold in (0, 1)]
    join_scores(tmp_path / "scores.h5", [tmp_path / "0.h5", tmp_path / "1.h5"])
    with h5py.File(tmp_path / "scores.h5") as file:
        assert [*file] == ["fold_0", "fold_1"]
        for fold in (0, 1):
            expected = made_scores(fold, [f"video_{fold + 1}"])["align,filter"][f"video_{fold + 1}"]
            found = file[f"fold_{fold}/video_{fold + 1}/align,filter/importance_scores"]
            np.testing.assert_array_equal(found, expected)
    assert before == [(tmp_path / f"{fold}.h5").read_bytes() for fold in (0, 1)]


def test_a_part_that_is_missing_leaves_the_last_file(video_file, tmp_path) -> None:
    write_scores(tmp_path / "scores.h5", {0: made_scores(0, ["video_1"])}, VideoFile(video_file(1)))
    before = (tmp_path / "scores.h5").read_bytes()
    with pytest.raises(FileNotFoundError):
        join_scores(tmp_path / "scores.h5", [tmp_path / "scores.h5", tmp_path / "missing.h5"])
    assert (tmp_path / "scores.h5").read_bytes() == before
    assert not [file for file in tmp_path.iterdir() if file.name.startswith(".scores")]
