"""What is trained on in each setting."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

from vsumlab.config import build, find_conf
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold
from vsumlab.data.guard import check_no_leak
from vsumlab.data.pool import VideoPool
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
                if name in ("summe", "tvsum"):
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
    folds = setting.folds(evaluated, pool)
    assert setting.n_folds(evaluated) == len(folds)
    return pool, folds


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
    for fold in more:
        check_no_leak(pool, fold)


def test_another_fold_seed_draws_other_folds(folder) -> None:
    tests = [
        [fold.test for fold in folds_of(Folds("canonical", 5, seed), dataset(folder, "summe"))[1]]
        for seed in (0, 0, 1)
    ]
    assert tests[0] == tests[1] != tests[2]


def test_a_split_file_takes_the_place_of_drawn_folds(folder, tmp_path) -> None:
    split = tmp_path / "splits.json"
    sides = [{"train_keys": ["video_1"], "test_keys": [f"video_{i}"]} for i in (2, 3, 4)]
    split.write_text(json.dumps(sides))
    evaluated = dataset(folder, "summe", splits=str(split))
    _, folds = folds_of(Folds("augmented", 5, 0, str(folder), {"ovp": "ovp.h5"}), evaluated)
    assert [fold.test for fold in folds] == [("video_2",), ("video_3",), ("video_4",)]
    assert {fold.train[0] for fold in folds} == {"video_1"}
    assert {len(fold.train) for fold in folds} == {1 + 50}


def test_a_missing_dataset_is_named(folder) -> None:
    setting = Transfer("transfer", str(folder), {"ovp": "nowhere.h5"})
    with pytest.raises(UserError, match=r"ovp: no feature file .*nowhere.h5.*setting=transfer"):
        setting.open(dataset(folder, "summe").open())


def test_a_dataset_that_can_be_made_is_made_where_it_is_asked_for(folder, tmp_path, video_file) -> None:
    made = []

    def make(path: Path) -> None:
        made.append(path)
        video_file(n_videos=4).replace(path)

    setting = Transfer("transfer", str(tmp_path), {"mine": "mine.h5"}, make)
    pool = setting.open(Dataset("tvsum", str(tmp_path), video_file().name, "mean", "user_scores").open())
    assert made == [tmp_path / "mine.h5"]
    assert len(pool.other_keys) == 4


def test_a_split_file_does_not_go_with_transfer(folder) -> None:
    with pytest.raises(UserError, match="setting=transfer has no folds"):
        folds_of(
            Transfer("transfer", str(folder), others("summe")), dataset(folder, "summe", splits="splits.json")
        )


def test_features_of_another_network_are_refused(folder, tmp_path) -> None:
    with h5py.File(tmp_path / "youtube8m.h5", "w") as file:
        file["abcd/features"] = np.random.default_rng(0).integers(0, 256, (50, 6), dtype=np.uint8)
    with pytest.raises(UserError, match=r"youtube8m.h5: features of both signs, but .*summe.h5 has none"):
        Transfer("youtube8m", str(tmp_path), {"youtube8m": "youtube8m.h5"}).open(
            dataset(folder, "summe").open()
        )


@pytest.mark.parametrize("setting", ["transfer", "youtube8m"])
def test_training_on_nothing_is_refused(composed, setting) -> None:
    config = composed(f"setting={setting}", "~setting.others")
    with pytest.raises(UserError, match=f"setting={setting}: no dataset to train on"):
        folds_of(build(config.setting), build(config.data))


def test_another_dataset_without_a_file_is_refused(composed) -> None:
    config = composed("setting=transfer", "setting.others.demo_2=null")
    with pytest.raises(UserError, match=r"setting.others.demo_2: names no file"):
        build(config.setting)


@pytest.mark.parametrize(("evaluated", "others"), [("summe", 139), ("tvsum", 114)])
def test_the_configured_settings_have_the_papers_sizes(composed, folder, evaluated, others) -> None:
    for setting, own in (("augmented", SIZES[evaluated] * 4 // 5), ("transfer", 0)):
        files = [f"setting.others.{name}={folder / name}.h5" for name in SIZES if name != evaluated]
        config = composed(f"setting={setting}", f"data={evaluated}", *files)
        assert set(config.setting.others) == set(SIZES) - {evaluated}
        _, folds = folds_of(build(config.setting), dataset(folder, evaluated))
        assert {len(fold.train) for fold in folds} == {own + others}


SETTINGS = {path.stem for path in find_conf().glob("setting/*.yaml")}
SINGLE = sorted(
    path.stem
    for path in find_conf().glob("experiment/*.yaml")
    if path.stem.rpartition("_")[2] in SETTINGS  # what is called after a setting
)


def test_experiments_are_called_after_methods_and_settings() -> None:
    assert {"csnet_canonical", "csnet_supervised_transfer", "contrastive_youtube8m"} <= {*SINGLE}


@pytest.mark.parametrize("name", [*SINGLE, "contrastive_pretrained"])
def test_an_experiment_is_what_it_is_called(composed, name) -> None:
    config = composed(f"experiment={name}")
    method, *rest = name.split("_")
    assert config.name == name
    assert config.setting.name == ("canonical" if rest == ["pretrained"] else rest[-1])
    assert f".{method}." in f"{config.method._target_}."
    if method == "csnet":
        assert config.method.supervised == ("supervised" in rest)
    if method == "contrastive":
        assert config.method.refine == ("pretrained" not in rest)
        in_youtube8m = (128, 8, False) if "youtube8m" in rest else (32, 1, True)
        assert (config.batch_size, config.method.heads, config.method.normalize_testing) == in_youtube8m


def test_every_run_records_what_was_trained_on_and_compared(composed, tmp_path) -> None:
    train(
        composed("experiment=contrastive_augmented", "debug=smoke", "fold=0", "random_draws=2", run=tmp_path)
    )
    record = json.loads((tmp_path / "fold_0" / "run.json").read_text())
    assert record["leak_check"]["train_videos"] == 8 + 30
    assert record["leak_check"]["test_videos"] == 2
    assert [*record["trained_on"]] == ["demo_2", "demo_3", "demo_4"]
    assert sum(key.startswith("demo_3/") for key in record["folds"]["0"]["train"]) == 10
