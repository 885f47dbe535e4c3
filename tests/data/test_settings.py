"""What is trained on in each setting, and that no test video ever is."""

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from vsumlab.config import build
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold
from vsumlab.data.guard import check_labels, check_no_leak
from vsumlab.data.pool import VideoPool
from vsumlab.data.reader import VideoFile
from vsumlab.data.settings import Folds, Setting, Transfer
from vsumlab.errors import UserError
from vsumlab.train import train

SIZES = {"summe": 25, "tvsum": 50, "ovp": 50, "youtube": 39}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The field's four datasets, by size; what is only trained on has features and gtscore alone."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(0)
    for name, size in SIZES.items():
        with h5py.File(folder / f"{name}.h5", "w") as file:
            for number in range(1, size + 1):
                group = file.create_group(f"video_{number}")
                group["features"] = rng.random((4, 6), dtype=np.float32)
                group["gtscore"] = rng.random(4)
                group["picks"], group["n_frames"] = np.arange(4) * 15, 60
                group["change_points"] = [[0, 29], [30, 59]]
                group["user_summary"] = rng.integers(0, 2, (3, 60))
    return folder


def dataset(folder: Path, name: str, **changes: str) -> Dataset:
    given = {"headline": "max", "rank_reference": "user_summary", **changes}
    return Dataset(name, str(folder), f"{name}.h5", **given)


def others(name: str) -> dict[str, str]:
    return {other: f"{other}.h5" for other in SIZES if other != name}


def folds_of(setting: Setting, evaluated: Dataset) -> tuple[VideoPool, list[Fold]]:
    pool = setting.open(evaluated.open())
    return pool, setting.folds(evaluated, pool)


@pytest.mark.parametrize(
    ("name", "canonical", "augmented", "transfer"), [("summe", 20, 159, 139), ("tvsum", 40, 154, 114)]
)
def test_training_sets_have_the_papers_sizes(folder, name, canonical, augmented, transfer) -> None:
    evaluated = dataset(folder, name)
    _, folds = folds_of(Folds("canonical", 5, 0), evaluated)
    assert {len(fold.train) for fold in folds} == {canonical}
    pool, more = folds_of(Folds("augmented", 5, 0, str(folder), others(name)), evaluated)
    assert {len(fold.train) for fold in more} == {augmented}
    assert [fold.test for fold in more] == [fold.test for fold in folds]
    _, (one,) = folds_of(Transfer("transfer", str(folder), others(name)), evaluated)
    assert len(one.train) == transfer
    assert len(one.test) == SIZES[name]
    assert {key.partition("/")[0] for key in one.train} == {*others(name)}
    check_no_leak(pool, more)


def test_a_pool_reads_each_video_from_its_own_file(folder) -> None:
    pool, (fold,) = folds_of(Transfer("transfer", str(folder), others("summe")), dataset(folder, "summe"))
    for key in (fold.train[0], fold.train[60], fold.train[-1]):
        name, _, own = key.partition("/")
        with h5py.File(folder / f"{name}.h5") as file:
            np.testing.assert_array_equal(
                pool.training_video(key).features.numpy(), file[own]["features"][()]
            )


def test_a_missing_dataset_is_named(folder) -> None:
    setting = Transfer("transfer", str(folder), {"ovp": "nowhere.h5"})
    with pytest.raises(UserError, match=r"ovp: no feature file .*nowhere.h5.*setting=transfer"):
        setting.open(dataset(folder, "summe").open())


def test_a_split_file_does_not_go_with_transfer(folder) -> None:
    with pytest.raises(UserError, match="setting=transfer has no folds"):
        folds_of(
            Transfer("transfer", str(folder), others("summe")), dataset(folder, "summe", splits="splits.json")
        )


def planted(folder: Path, tmp_path: Path, dtype: str) -> VideoPool:
    """SumMe beside a dataset that has one of its videos under another key, stored as another type."""
    with h5py.File(folder / "summe.h5") as summe, h5py.File(tmp_path / "leak.h5", "w") as leak:
        rng = np.random.default_rng(1)
        leak["harmless/features"] = rng.random((4, 6))
        leak["renamed/features"] = summe["video_7/features"][()].astype(dtype)
    return VideoPool(
        VideoFile(folder / "summe.h5"), {"mine": VideoFile(tmp_path / "leak.h5", evaluated=False)}
    )


@pytest.mark.parametrize("dtype", ["float32", "float16", "float64"])
def test_a_test_video_under_another_key_is_found(folder, tmp_path, dtype) -> None:
    pool = planted(folder, tmp_path, dtype)
    leak = Fold(3, ("video_1", "mine/harmless", "mine/renamed"), ("video_2", "video_7"))
    with pytest.raises(
        UserError, match="fold 3: the test video video_7 is trained on as mine/renamed"
    ) as error:
        check_no_leak(pool, [leak])
    assert "\n" not in str(error.value)
    assert check_no_leak(pool, [Fold(0, leak.train, ("video_2",))]) == {"train_videos": 3, "test_videos": 1}


def test_a_test_video_under_its_own_key_is_found(folder) -> None:
    pool = VideoPool(VideoFile(folder / "summe.h5"), {})
    with pytest.raises(UserError, match="video_2 is trained on as video_2"):
        check_no_leak(pool, [Fold(0, ("video_1", "video_2"), ("video_2",))])


def test_other_dimensions_are_refused_with_both_files_named(video_file, folder) -> None:
    with pytest.raises(UserError, match=r"eight.h5: features of 8 dimensions, but .*summe.h5 has 6"):
        VideoPool(
            VideoFile(folder / "summe.h5"), {"eight": VideoFile(video_file(name="eight.h5"), evaluated=False)}
        )


def test_supervision_without_labels_is_refused_by_name(folder, tmp_path) -> None:
    pool = planted(folder, tmp_path, "float32")
    check_labels(pool, [Fold(0, ("video_1",), ("video_2",))])
    with pytest.raises(UserError, match=r"leak.h5: harmless of mine has no gtscore.*~setting.others.mine"):
        check_labels(pool, [Fold(0, ("video_1", "mine/harmless"), ("video_2",))])


def test_a_video_without_labels_in_the_evaluated_dataset_is_refused(video_file) -> None:
    pool = VideoPool(VideoFile(video_file(changes={"video_3": {"gtscore": None}})), {})
    with pytest.raises(UserError, match=r"videos.h5: video_3 of the evaluated dataset has no gtscore"):
        check_labels(pool, [Fold(0, ("video_1", "video_3"), ("video_2",))])


def test_constant_labels_are_none(video_file) -> None:
    file = VideoFile(video_file(changes={"video_2": {"gtscore": np.zeros(12)}}))
    assert file.labelled == {"video_1", "video_3"}


@pytest.mark.parametrize("setting", ["transfer", "youtube8m"])
def test_training_on_nothing_is_refused(composed, tmp_path, setting) -> None:
    config = composed("method=csnet", f"setting={setting}", "~setting.others", run=tmp_path)
    with pytest.raises(UserError, match=f"setting={setting}: no dataset to train on"):
        train(config)


def test_another_dataset_without_a_file_is_refused(composed, tmp_path) -> None:
    with pytest.raises(UserError, match=r"setting.others.demo_2: names no file"):
        train(composed("setting=transfer", "setting.others.demo_2=null", run=tmp_path))


@pytest.mark.parametrize(("evaluated", "others"), [("summe", 139), ("tvsum", 114)])
def test_the_configured_settings_have_the_papers_sizes(composed, folder, evaluated, others) -> None:
    for setting, own in (("augmented", SIZES[evaluated] * 4 // 5), ("transfer", 0)):
        files = [f"setting.others.{name}={folder / name}.h5" for name in SIZES if name != evaluated]
        config = composed(f"setting={setting}", f"data={evaluated}", *files)
        assert set(config.setting.others) == set(SIZES) - {evaluated}
        _, folds = folds_of(build(config.setting), dataset(folder, evaluated))
        assert {len(fold.train) for fold in folds} == {own + others}


def test_a_planted_leak_ends_a_run(composed, tmp_path, demo_folder) -> None:
    with h5py.File(demo_folder / "demo.h5") as demo, h5py.File(tmp_path / "mine.h5", "w") as mine:
        mine["holiday/features"] = demo["video_4/features"][()].astype(np.float32)
    planted = (f"+setting.others.mine={tmp_path / 'mine.h5'}", "debug=smoke")
    with pytest.raises(UserError, match="the test video video_4 is trained on as mine/holiday"):
        train(composed("experiment=csnet_augmented", *planted, run=tmp_path / "run"))
    assert not list(tmp_path.glob("run/**/run.json"))


def test_supervision_without_labels_ends_a_run(composed, tmp_path) -> None:
    with pytest.raises(UserError, match=r"demo_youtube8m.h5: .* of youtube8m has no gtscore"):
        train(composed("experiment=csnet_supervised_transfer", "setting=youtube8m", run=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_features_of_another_network_are_refused(folder, tmp_path) -> None:
    with h5py.File(tmp_path / "youtube8m.h5", "w") as file:
        file["abcd/features"] = np.random.default_rng(0).integers(0, 256, (50, 6), dtype=np.uint8)
    with pytest.raises(UserError, match=r"youtube8m.h5: features of both signs, but .*summe.h5 has none"):
        Transfer("youtube8m", str(tmp_path), {"youtube8m": "youtube8m.h5"}).open(
            dataset(folder, "summe").open()
        )


EXPERIMENTS = {
    "csnet_canonical": ("csnet", "canonical", False),
    "csnet_augmented": ("csnet", "augmented", False),
    "csnet_transfer": ("csnet", "transfer", False),
    "csnet_supervised_canonical": ("csnet", "canonical", True),
    "csnet_supervised_augmented": ("csnet", "augmented", True),
    "csnet_supervised_transfer": ("csnet", "transfer", True),
    "contrastive_pretrained": ("contrastive", "canonical", None),
    "contrastive_canonical": ("contrastive", "canonical", None),
    "contrastive_augmented": ("contrastive", "augmented", None),
    "contrastive_transfer": ("contrastive", "transfer", None),
    "contrastive_youtube8m": ("contrastive", "youtube8m", None),
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_what_it_is_called(composed, name) -> None:
    config = composed(f"experiment={name}")
    method, setting, supervised = EXPERIMENTS[name]
    assert config.name == name
    assert config.setting.name == setting
    assert f".{method}." in f"{config.method._target_}."
    assert config.method.get("supervised") == supervised
    if method == "contrastive":
        assert config.method.refine == (name != "contrastive_pretrained")
        in_youtube8m = (128, 8, False) if setting == "youtube8m" else (32, 1, True)
        assert (config.batch_size, config.method.heads, config.method.normalize_testing) == in_youtube8m


def test_every_run_records_what_was_compared(composed: Callable, tmp_path) -> None:
    train(
        composed("experiment=contrastive_augmented", "debug=smoke", "fold=0", "random_draws=5", run=tmp_path)
    )
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["leak_check"]["train_videos"] == 8 + 30
    assert record["leak_check"]["test_videos"] == 2
    assert [*record["trained_on"]] == ["demo_2", "demo_3", "demo_4"]
    assert sum(key.startswith("demo_3/") for key in record["folds"]["0"]["train"]) == 10
