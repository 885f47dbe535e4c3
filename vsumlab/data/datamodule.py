"""The LightningDataModule that all methods share."""

from __future__ import annotations

from collections.abc import Callable

import pytorch_lightning as pl
from torch.utils.data import DataLoader, Dataset, DistributedSampler

from vsumlab.data.batch import Batch
from vsumlab.data.folds import Fold
from vsumlab.data.reader import VideoFile
from vsumlab.data.video import Video


class Videos(Dataset[Video]):
    """Some videos, read by their keys when they are asked for."""

    def __init__(self, read: Callable[[str], Video], keys: tuple[str, ...]) -> None:
        self.read = read
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Video:
        return self.read(self.keys[index])


class VideoDataModule(pl.LightningDataModule):
    """One fold: batches of its training videos, then its test videos one at a time.

    It samples for itself under any number of processes (the Trainer must have `use_distributed_sampler`
    off): a padded sampler would test some videos twice.

    Args:
        file: The feature file.
        fold: Which videos are trained on and tested.
        batch_size: Videos a training batch.
        seed: Of the order of the training videos.
    """

    def __init__(self, file: VideoFile, fold: Fold, batch_size: int, seed: int) -> None:
        super().__init__()
        self.allow_zero_length_dataloader_with_multiple_devices = True  # more processes than test videos
        self.file = file
        self.fold = fold
        self.batch_size = batch_size
        self.seed = seed

    def _processes(self) -> tuple[int, int]:
        """How many processes there are, and which one this is."""
        return (1, 0) if self.trainer is None else (self.trainer.world_size, self.trainer.global_rank)

    def train_dataloader(self) -> DataLoader[Video]:
        """Batches in an order that each epoch draws anew from the seed."""
        videos = Videos(self.file.unannotated, self.fold.train)
        world_size, rank = self._processes()
        # pads so that every process makes the same number of steps, as DDP needs in training
        sampler = DistributedSampler[Video](videos, num_replicas=world_size, rank=rank, seed=self.seed)
        return DataLoader(videos, self.batch_size, sampler=sampler, collate_fn=Batch.collate)

    def test_dataloader(self) -> DataLoader[Video]:
        """This process's share of the test videos, one a batch, none of them twice."""
        world_size, rank = self._processes()
        videos = Videos(self.file.__getitem__, self.fold.test[rank::world_size])
        return DataLoader(videos, batch_size=1, collate_fn=Batch.collate)
