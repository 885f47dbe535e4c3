"""No test video is ever trained on, whatever it is called and however it is stored."""

import h5py
import numpy as np
import pytest

from vsumlab.config import build
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.folds import Fold
from vsumlab.data.guard import check_labels, check_no_leak
from vsumlab.data.pool import VideoPool
from vsumlab.errors import UserError
from vsumlab.train import train


def planted(video_file, tmp_path, dtype: str = "float32") -> VideoPool:
    """A dataset with another one that has one of its videos under another key, stored as another type."""
    path = video_file(n_videos=8)
    with h5py.File(path) as ours, h5py.File(tmp_path / "leak.h5", "w") as leak:
        leak["harmless/features"] = np.random.default_rng(1).random((12, 8))
        leak["renamed/features"] = ours["video_7/features"][()].astype(dtype)
    return VideoPool(VideoFile(path), {"mine": VideoFile(tmp_path / "leak.h5", evaluated=False)})


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_a_test_video_under_another_key_is_found(video_file, tmp_path, dtype) -> None:
    pool = planted(video_file, tmp_path, dtype)
    leak = Fold(3, ("video_1", "mine/harmless", "mine/renamed"), ("video_2", "video_7"))
    with pytest.raises(
        UserError, match="fold 3: the test video video_7 is trained on as mine/renamed"
    ) as error:
        check_no_leak(pool, leak)
    assert "\n" not in str(error.value)
    assert check_no_leak(pool, Fold(0, leak.train, ("video_2",))) == {"train_videos": 3, "test_videos": 1}


def test_validation_videos_are_trained_on_too(video_file, tmp_path) -> None:
    pool = planted(video_file, tmp_path)
    with pytest.raises(UserError, match="video_7 is trained on as mine/renamed"):
        check_no_leak(pool, Fold(0, ("video_1",), ("video_7",), validation=("mine/renamed",)))


def test_a_test_video_under_its_own_key_is_found(video_file) -> None:
    pool = VideoPool(VideoFile(video_file()), {})
    with pytest.raises(UserError, match="video_2 is trained on as video_2"):
        check_no_leak(pool, Fold(0, ("video_1", "video_2"), ("video_2",)))


def test_a_video_is_known_by_its_bytes_and_by_its_numbers(video_file) -> None:
    rng = np.random.default_rng(0)
    stored = {f"video_{i}": rng.integers(0, 256, (12, 8), dtype=np.uint8) for i in (1, 2, 3)}
    numbers = {key: (q * (4 / 255) + 4 / 512 - 2).astype(np.float32) for key, q in stored.items()}
    quantized, floats = (
        video_file(changes={key: {"features": of} for key, of in features.items()}, name=name)
        for features, name in ((stored, "bytes.h5"), (numbers, "floats.h5"))
    )
    pool = VideoPool(VideoFile(floats), {"youtube8m": VideoFile(quantized, evaluated=False)})
    with pytest.raises(UserError, match="video_2 is trained on as youtube8m/video_2"):
        check_no_leak(pool, Fold(0, ("youtube8m/video_2",), ("video_2",)))
    check_no_leak(pool, Fold(0, ("youtube8m/video_1",), ("video_2",)))


def test_supervision_without_labels_is_refused_by_name(video_file, tmp_path) -> None:
    pool = planted(video_file, tmp_path)
    check_labels(pool, Fold(0, ("video_1",), ("video_2",)))
    with pytest.raises(UserError, match=r"leak.h5: harmless of mine has no gtscore.*~setting.others.mine"):
        check_labels(pool, Fold(0, ("video_1", "mine/harmless"), ("video_2",)))


def test_a_video_without_labels_in_the_evaluated_dataset_is_refused(video_file) -> None:
    pool = VideoPool(VideoFile(video_file(changes={"video_3": {"gtscore": None}})), {})
    with pytest.raises(UserError, match=r"videos.h5: video_3 of the evaluated dataset has no gtscore"):
        check_labels(pool, Fold(0, ("video_1", "video_3"), ("video_2",)))
    with pytest.raises(UserError, match=r"videos.h5: video_3 of the evaluated dataset has no gtscore"):
        check_labels(pool, Fold(0, ("video_1",), ("video_2",), validation=("video_3",)))
    check_labels(pool, Fold(0, ("video_1",), ("video_3",)))  # a test video needs none


def test_constant_labels_are_none(video_file) -> None:
    pool = VideoPool(VideoFile(video_file(changes={"video_2": {"gtscore": np.zeros(12)}})), {})
    with pytest.raises(UserError, match="video_2 of the evaluated dataset has no gtscore, or a constant one"):
        check_labels(pool, Fold(0, ("video_1", "video_2"), ("video_3",)))


def test_a_planted_leak_ends_a_run(composed, tmp_path, demo_folder) -> None:
    with h5py.File(demo_folder / "demo.h5") as demo, h5py.File(tmp_path / "mine.h5", "w") as mine:
        mine["holiday/features"] = demo["video_4/features"][()].astype(np.float32)
    overrides = ("experiment=csnet_augmented", f"+setting.others.mine={tmp_path / 'mine.h5'}", "debug=smoke")
    config = composed(*overrides)
    dataset, setting = build(config.data), build(config.setting)
    folds = setting.folds(dataset, setting.open(dataset.open()))
    (leaking,) = (fold.index for fold in folds if "video_4" in fold.test)
    with pytest.raises(UserError, match="the test video video_4 is trained on as mine/holiday"):
        train(composed(*overrides, f"fold={leaking}", run=tmp_path / "run"))
    assert not list(tmp_path.glob("run/**/run.json"))


def test_supervision_without_labels_ends_a_run(composed, tmp_path) -> None:
    config = composed(
        "experiment=csnet_supervised_transfer", "setting=youtube8m", "fold=0", run=tmp_path / "run"
    )
    with pytest.raises(UserError, match=r"demo_youtube8m.h5: .* of youtube8m has no gtscore"):
        train(config)
    assert not (tmp_path / "run").exists()
