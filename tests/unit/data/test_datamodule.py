"""Who gets which video, in training and in testing, in one process or several."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pytest
import torch
from support.loaders import write_parts

from vsumlab.core.batch import Batch
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset, found_files
from vsumlab.data.folds import Fold
from vsumlab.data.guard import check_labels
from vsumlab.data.settings import Setting, Transfer
from vsumlab.errors import UserError

TRAIN, TEST = ([f"video_{i}" for i in numbers] for numbers in (range(1, 6), range(6, 11)))


class OneFold(Setting):
    """A fold that is given."""

    def __init__(self, train=TRAIN, test=TEST) -> None:
        super().__init__("canonical")
        self.sides = tuple(train), tuple(test)

    def n_folds(self, dataset) -> int:
        return 1

    def folds(self, dataset, pool) -> list[Fold]:
        return [Fold(0, *self.sides)]


@pytest.fixture
def dataset(video_file) -> Dataset:
    path = video_file(n_videos=10)
    return Dataset("tvsum", str(path.parent), path.name, "mean", "user_scores")


def module(dataset, world_size=1, rank=0, seed=0, setting=None, **options) -> VideoDataModule:
    data = VideoDataModule(dataset, setting or OneFold(), 0, batch_size=2, seed=seed, **options)
    strategy = SimpleNamespace(root_device=torch.device("cpu"))
    data.trainer = SimpleNamespace(world_size=world_size, global_rank=rank, strategy=strategy)
    data.setup()
    return data


def keys(loader) -> list[str]:
    return [key for batch in loader for key in batch.keys]


def test_training_sees_every_training_video_once_an_epoch_in_a_new_order(dataset) -> None:
    loader = module(dataset).train_dataloader()
    orders = []
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        orders.append(keys(loader))
        assert sorted(orders[-1]) == TRAIN
    assert orders[0] != orders[1]


def test_the_order_is_drawn_from_the_seed(dataset) -> None:
    orders = [keys(module(dataset, seed=seed).train_dataloader()) for seed in (0, 0, 1, 2)]
    assert orders[0] == orders[1]
    assert len({*map(tuple, orders)}) > 1


@pytest.mark.parametrize("world_size", [1, 2, 3, 4, 8])
def test_any_number_of_processes_test_each_video_once(dataset, world_size) -> None:
    tested = Counter(
        key
        for rank in range(world_size)
        for key in keys(module(dataset, world_size, rank).predict_dataloader())
    )
    assert tested == Counter(TEST)


def test_test_videos_come_one_a_batch_in_order(dataset) -> None:
    assert [batch.keys for batch in module(dataset).predict_dataloader()] == [(key,) for key in TEST]


@pytest.mark.parametrize("world_size", [2, 3])
def test_processes_train_equally_many_steps_on_different_videos(dataset, world_size) -> None:
    shares = [
        [batch.keys for batch in module(dataset, world_size, rank).train_dataloader()]
        for rank in range(world_size)
    ]
    assert len({len(share) for share in shares}) == 1
    assert {key for share in shares for keys in share for key in keys} == {*TRAIN}


def test_videos_that_are_held_out_are_not_trained_on(dataset) -> None:
    def divide(fold: Fold) -> Fold:
        return Fold(fold.index, fold.train[:3], fold.test, validation=fold.train[3:])

    data = module(dataset, divide=divide)
    assert sorted(keys(data.train_dataloader())) == TRAIN[:3]
    assert keys(data.val_dataloader()) == TRAIN[3:]
    assert data.fold.validation == tuple(TRAIN[3:])


def test_what_a_method_sees_has_no_annotations(dataset) -> None:
    for batch in module(dataset).predict_dataloader():
        assert isinstance(batch, Batch)
        assert {*vars(batch)} == {"keys", "features", "lengths", "gtscore", "timings"}


def test_a_video_on_both_sides_is_refused_before_anything_is_trained(dataset) -> None:
    with pytest.raises(UserError, match="the test video video_5 is trained on as video_5"):
        module(dataset, setting=OneFold(test=TRAIN[4:]))


def test_a_fold_that_there_is_not_is_refused(dataset) -> None:
    data = VideoDataModule(dataset, OneFold(), 1, batch_size=2, seed=0)
    with pytest.raises(UserError, match="fold=1: no such fold"):
        data.setup()


def test_setting_up_once_is_enough_and_says_what_was_compared(dataset) -> None:
    data = module(dataset)
    pool = data.pool
    data.setup("predict")
    assert data.pool is pool
    assert pool.feature_dim == 8
    assert data.compared == {"train_videos": 5, "test_videos": 5}


def test_other_processes_may_read_what_is_trained_on(dataset) -> None:
    here, there = (module(dataset, workers=workers).train_dataloader() for workers in (0, 1))
    for ours, theirs in zip(here, there, strict=True):
        assert ours.keys == theirs.keys
        assert torch.equal(ours.features, theirs.features)


def test_a_training_batch_travels_as_bytes_and_is_dequantized_where_it_arrives(video_file) -> None:
    rng = np.random.default_rng(0)
    stored = {f"video_{i}": rng.integers(0, 256, (12, 8), dtype=np.uint8) for i in range(1, 11)}
    path = video_file(n_videos=10, changes={key: {"features": of} for key, of in stored.items()})
    data = module(Dataset("youtube8m", str(path.parent), path.name, "mean", "user_scores"))
    for batch in data.train_dataloader():
        assert batch.features.dtype == torch.uint8
        arrived = data.on_after_batch_transfer(batch, 0)
        for key, features in zip(batch.keys, arrived.features, strict=True):
            expected = stored[key] * (4 / 255) + 4 / 512 - 2
            np.testing.assert_allclose(features.numpy(), expected, rtol=1e-6, atol=1e-6)


def test_a_checkpoint_gets_the_network_of_the_features_where_the_file_says_it(dataset) -> None:
    assert module(dataset).state_dict() == {}
    network = {"name": "small", "sha256": "ab"}
    with h5py.File(Path(dataset.folder) / dataset.file, "a") as file:
        file.attrs["backbone"] = json.dumps(network)
    assert module(dataset).state_dict() == {"backbone": network}


@pytest.fixture
def several(dataset, tmp_path) -> Transfer:
    """Files of 3, 9, 5 and 8 videos to train on."""
    write_parts(tmp_path)
    return Transfer("transfer", str(tmp_path), {"many": "part-*.h5"})


def share(dataset, setting, world_size, rank, **options) -> VideoDataModule:
    data = module(dataset, world_size, rank, setting=setting, **options)
    data.setup("fit")
    return data


def test_one_process_trains_on_several_files_as_on_one(dataset, several, tmp_path) -> None:
    with h5py.File(tmp_path / "one.h5", "w") as one:
        for path in sorted(tmp_path.glob("part-*.h5")):
            with h5py.File(path) as file:
                for key in file:
                    file.copy(key, one)
    single = Transfer("transfer", str(tmp_path), {"many": "one.h5"})
    ours, theirs = (share(dataset, setting, 1, 0).train_dataloader() for setting in (several, single))
    for epoch in range(2):
        for loader in (ours, theirs):
            loader.sampler.set_epoch(epoch)
        assert keys(ours) == keys(theirs)
        assert len(set(keys(ours))) == 25


def test_a_glob_is_looked_for_in_a_folder_whose_own_name_looks_like_one(several, tmp_path) -> None:
    folder = tmp_path / "data [1]*"
    folder.mkdir()
    parts = sorted(tmp_path.glob("part-*.h5"))
    moved = [path.rename(folder / path.name) for path in parts]
    assert found_files(folder, Path("part-*.h5")) == moved
    assert found_files(tmp_path, folder / "part-1.h5") == [moved[1]]
    assert found_files(tmp_path, Path("none-*.h5")) == [tmp_path / "none-*.h5"]


def test_a_file_that_one_process_cannot_read_ends_both_in_its_words(
    dataset, several, tmp_path, monkeypatch
) -> None:
    (tmp_path / "part-3.h5").write_bytes(b"none")
    with pytest.raises(UserError, match=r"part-3\.h5") as refused:
        share(dataset, several, 2, 1)
    alone = str(refused.value)
    monkeypatch.setattr("vsumlab.data.datamodule.of_all_processes", lambda own: [own, alone])
    with pytest.raises(UserError) as error:
        share(dataset, several, 2, 0)
    assert str(error.value) == alone


def test_held_out_videos_share_a_devices_room_with_the_others(dataset, monkeypatch) -> None:
    rooms = []
    monkeypatch.setattr("vsumlab.data.datamodule.resident", lambda read, device: rooms.append(device) or read)
    data = module(dataset)
    data.train_dataloader()
    data.val_dataloader()
    assert len(rooms) == 1


def test_processes_read_files_of_their_own_equally_often(dataset, several, monkeypatch) -> None:
    monkeypatch.setattr(
        "vsumlab.data.datamodule.of_all_processes", lambda own: [own] if own == "" else [12, 13]
    )
    for rank, files in enumerate(("01", "23")):
        data = share(dataset, several, 2, rank)
        assert {key.split("/")[1] for key in data.fold.train} == {f"part-{file}.h5" for file in files}
        loader = data.train_dataloader()
        orders = []
        for epoch in (0, 1, 0):
            loader.sampler.set_epoch(epoch)
            orders.append(keys(loader))
            assert len(orders[-1]) == 13
            assert {key[0] for key in orders[-1]} == {*files}
            assert len(set(orders[-1])) == len(data.fold.train)
        assert orders[0] == orders[2] != orders[1]


def test_a_test_video_in_one_of_several_files_is_refused_when_it_is_read(dataset, several, tmp_path) -> None:
    with h5py.File(dataset.path) as file, h5py.File(tmp_path / "part-4.h5", "w") as more:
        more.create_group("copy")["features"] = file["video_7/features"][()]
    loader = share(dataset, several, 1, 0).train_dataloader()
    with pytest.raises(UserError, match=r"the test video video_7 is trained on as many/part-4\.h5/copy"):
        keys(loader)


def test_what_needs_all_videos_refuses_a_share_of_files(dataset, several) -> None:
    assert len(share(dataset, several, 1, 0).all_training_videos) == 25
    with pytest.raises(UserError, match=r"trainer\.devices=1, or name one file"):
        share(dataset, several, 2, 0).all_training_videos  # noqa: B018
    with pytest.raises(UserError, match="training_videos=5: counts the videos of all processes"):
        share(dataset, several, 2, 0, training_videos=5)
    assert len(share(dataset, several, 1, 0, training_videos=5).fold.train) == 5


def test_several_files_are_not_trained_on_with_supervision(dataset, several) -> None:
    data = share(dataset, several, 1, 0)
    with pytest.raises(UserError, match="many has several files, which are trained on without supervision"):
        check_labels(data.pool, data.fold)
