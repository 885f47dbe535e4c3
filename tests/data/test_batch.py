"""Padding, and who gets which video."""

from collections import Counter
from types import SimpleNamespace

import pytest
import torch

from vsumlab.data.batch import Batch
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.data.reader import VideoFile


@pytest.fixture
def file(video_file) -> VideoFile:
    return VideoFile(video_file(n_videos=7))


def module(file: VideoFile, world_size: int = 1, rank: int = 0) -> VideoDataModule:
    data = VideoDataModule(VideoPool(file, {}), Fold(0, file.keys[:5], file.keys[2:]), batch_size=2, seed=0)
    data.trainer = SimpleNamespace(world_size=world_size, global_rank=rank)
    return data


def test_a_batch_is_its_videos_padded_with_zeros(demo_folder) -> None:
    file = VideoFile(demo_folder / "demo.h5")
    videos = [file[key] for key in file.keys[:4]]
    batch = Batch.collate(videos)
    assert len({video.n_picks for video in videos}) > 1, "the point is different lengths"
    for row, (video, mask) in enumerate(zip(videos, batch.mask, strict=True)):
        T = video.n_picks
        assert torch.equal(batch.features[row, :T], video.features)
        assert not batch.features[row, T:].any()
        assert batch.lengths[row] == T == mask.sum()
        assert mask[:T].all()
        assert torch.equal(batch.gtscore[row, :T], video.gtscore)


def test_without_gtscore_in_one_video_the_batch_has_none(video_file) -> None:
    file = VideoFile(video_file(changes={"video_2": {"gtscore": None}}))
    assert Batch.collate([file["video_1"], file["video_2"]]).gtscore is None


def test_training_sees_every_training_video_once_an_epoch_in_a_new_order(file) -> None:
    loader = module(file).train_dataloader()
    orders = []
    for epoch in range(2):
        loader.sampler.set_epoch(epoch)
        orders.append([key for batch in loader for key in batch.keys])
        assert sorted(orders[-1]) == sorted(file.keys[:5])
    assert orders[0] != orders[1]


@pytest.mark.parametrize("world_size", [1, 2, 3, 4, 8])
def test_any_number_of_processes_test_each_video_once(file, world_size) -> None:
    tested = Counter(
        key
        for rank in range(world_size)
        for batch in module(file, world_size, rank).test_dataloader()
        for key in batch.keys
    )
    assert tested == Counter(file.keys[2:])


@pytest.mark.parametrize("world_size", [2, 3])
def test_processes_train_equally_many_steps_on_different_videos(file, world_size) -> None:
    shares = [
        [batch.keys for batch in module(file, world_size, rank).train_dataloader()]
        for rank in range(world_size)
    ]
    assert len({len(share) for share in shares}) == 1
    assert {key for share in shares for keys in share for key in keys} == set(file.keys[:5])
