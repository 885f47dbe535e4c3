"""The LightningDataModule that all methods share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytorch_lightning as pl
import torch
from torch.utils import data as torch_data

from vsumlab.core.backbone_identity import BACKBONE
from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate, dequantized
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold, chosen_fold, fewer
from vsumlab.data.guard import check_no_leak
from vsumlab.data.pool import VideoPool
from vsumlab.data.resident import resident
from vsumlab.data.settings import Setting

Loader = torch_data.DataLoader[VideoFeatures]


class Videos(torch_data.Dataset[VideoFeatures]):
    """Some videos, read by their keys when they are asked for."""

    def __init__(self, read: Callable[[str], VideoFeatures], keys: Sequence[str]) -> None:
        self.read = read
        self.keys = keys

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> VideoFeatures:
        return self.read(self.keys[index])


class VideoDataModule(pl.LightningDataModule):
    """One fold: batches of its training videos, then its test videos one at a time.

    It samples for itself under any number of processes (the Trainer must have `use_distributed_sampler`
    off): a padded sampler would score some test videos twice.

    Args:
        dataset: What is evaluated.
        setting: What is trained on.
        fold: Which fold, from 0.
        batch_size: Videos a training batch.
        seed: Of the order of the training videos.
        workers: How many processes read training videos; 0 for this one.
        training_videos: How many of the fold's training videos are trained on; None for all.
        divide: Holds validation videos out of the fold's training videos, if any are to be.

    Attributes:
        pool: The feature files, after `setup`.
        fold: The fold, after `setup`.
        compared: How many fingerprints the guard against leaks has compared, after `setup`.
    """

    def __init__(
        self,
        dataset: Dataset,
        setting: Setting,
        fold: int,
        batch_size: int,
        seed: int,
        workers: int = 0,
        training_videos: int | None = None,
        divide: Callable[[Fold], Fold] = lambda fold: fold,
    ) -> None:
        super().__init__()
        self.allow_zero_length_dataloader_with_multiple_devices = True  # more processes than test videos
        self.dataset = dataset
        self.setting = setting
        self.index = fold
        self.batch_size = batch_size
        self.seed = seed
        self.workers = workers
        self.training_videos = training_videos
        self.divide = divide
        self.pool: VideoPool
        self.fold: Fold
        self.compared: dict[str, int]

    def setup(self, stage: str | None = None) -> None:
        """Opens the feature files and divides them, once; the method needs to know `pool.feature_dim`.

        Raises:
            UserError: If a file is missing or unusable, there is no such fold, or it trains on test videos.
        """
        if hasattr(self, "fold"):
            return
        self.pool = self.setting.open(self.dataset.open())
        fold = chosen_fold(self.setting.folds(self.dataset, self.pool), self.index)
        self.compared = check_no_leak(self.pool, fold)
        self.fold = self.divide(fewer(fold, self.training_videos))

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint has of the data: the network of the features, where the files say it."""
        return {BACKBONE: self.pool.backbone} if self.pool.backbone else {}

    def train_dataloader(self) -> Loader:
        """Batches in an order that each epoch draws anew from the seed."""
        return self._training_batches(self.fold.train, shuffle=True)

    def val_dataloader(self) -> Loader:
        """Batches of the training videos that are held out."""
        return self._training_batches(self.fold.validation, shuffle=False)

    def _training_batches(self, keys: tuple[str, ...], shuffle: bool) -> Loader:
        """This process's share of some training videos."""
        read: Callable[[str], VideoFeatures] = self.pool.video
        if self.trainer is not None and self.workers == 0:  # other processes would have to hand them over
            read = resident(read, self.trainer.strategy.root_device)
        videos = Videos(read, keys)
        world_size, rank = self._processes()
        # pads so that every process makes the same number of steps, as DDP needs in training
        sampler = torch_data.DistributedSampler[VideoFeatures](
            videos, world_size, rank, shuffle=shuffle, seed=self.seed
        )
        return torch_data.DataLoader(
            videos,
            self.batch_size,
            sampler=sampler,
            collate_fn=collate,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            generator=torch.Generator(),  # training draws the same, whoever reads and whatever is held out
        )

    def predict_dataloader(self) -> Loader:
        """This process's share of the test videos, one a batch, none of them twice."""
        world_size, rank = self._processes()
        videos = Videos(self.pool.evaluated.features, self.fold.test[rank::world_size])
        return torch_data.DataLoader(videos, batch_size=1, collate_fn=collate)

    def _processes(self) -> tuple[int, int]:
        """How many processes there are, and which one this is."""
        return (1, 0) if self.trainer is None else (self.trainer.world_size, self.trainer.global_rank)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Dequantizes on the device what is stored as uint8."""
        return dequantized(batch)
