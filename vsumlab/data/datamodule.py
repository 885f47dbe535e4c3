"""The LightningDataModule that all methods share."""

from __future__ import annotations

from collections.abc import Callable

import pytorch_lightning as pl
from torch.utils.data import DataLoader, Dataset, DistributedSampler

from vsumlab.data.batch import Batch
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
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
        pool: Feature files.
        fold: Which videos are trained on and tested.
        batch_size: Videos a training batch.
        seed: Of the order of the training videos.
        workers: How many processes read training videos; 0 for this one.
    """

    def __init__(self, pool: VideoPool, fold: Fold, batch_size: int, seed: int, workers: int = 0) -> None:
        super().__init__()
        self.allow_zero_length_dataloader_with_multiple_devices = True  # more processes than test videos
        self.pool = pool
        self.fold = fold
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers

    def _processes(self) -> tuple[int, int]:
        """How many processes there are, and which one this is."""
        return (1, 0) if self.trainer is None else (self.trainer.world_size, self.trainer.global_rank)

    def train_dataloader(self) -> DataLoader[Video]:
        """Batches in an order that each epoch draws anew from the seed."""
        return self._training_batches(self.fold.train, shuffle=True)

    def val_dataloader(self) -> DataLoader[Video]:
        """Batches of the training videos that are held out."""
        return self._training_batches(self.fold.validation, shuffle=False)

    def _training_batches(self, keys: tuple[str, ...], shuffle: bool) -> DataLoader[Video]:
        """This process's share of some training videos."""
        videos = Videos(self.pool.training_video, keys)
        world_size, rank = self._processes()
        # pads so that every process makes the same number of steps, as DDP needs in training
        sampler = DistributedSampler[Video](videos, world_size, rank, shuffle=shuffle, seed=self.seed)
        return DataLoader(
            videos,
            self.batch_size,
            sampler=sampler,
            collate_fn=Batch.collate,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
        )

    def test_dataloader(self) -> DataLoader[Video]:
        """This process's share of the test videos, one a batch, none of them twice."""
        world_size, rank = self._processes()
        videos = Videos(self.pool.evaluated.__getitem__, self.fold.test[rank::world_size])
        return DataLoader(videos, batch_size=1, collate_fn=Batch.collate)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Dequantizes on the device what is stored as uint8."""
        return batch.dequantized()
