"""The LightningDataModule that all methods share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import pytorch_lightning as pl
import torch
from torch.utils import data as torch_data

from vsumlab.core.backbone_identity import BACKBONE
from vsumlab.core.batch import Batch
from vsumlab.core.process_group import of_all_processes
from vsumlab.core.video import VideoFeatures
from vsumlab.data.collate import collate, dequantized
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold, chosen_fold, fewer
from vsumlab.data.guard import check_no_leak, read_unless_tested
from vsumlab.data.pool import VideoPool
from vsumlab.data.resident import resident
from vsumlab.data.settings import Setting
from vsumlab.errors import UserError

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
        fold: The fold, after `setup`. Where a dataset has several files, what is trained on from it is
            each process's own share, after `setup` for training.
        of_one_file: The fold's training videos but those of datasets of several files, after `setup`.
        shares_files: Whether what is trained on is each process's own.
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
        self.shares_files = False
        self.pool: VideoPool
        self.fold: Fold
        self.of_one_file: tuple[str, ...]
        self.compared: dict[str, int]

    def setup(self, stage: str | None = None) -> None:
        """Opens the feature files and divides them, once; the method needs to know `pool.feature_dim`.

        Datasets of several files are opened when the Trainer has its processes, which share them.

        Raises:
            UserError: If a file is missing or unusable, there is no such fold, or it trains on test videos.
        """
        if not hasattr(self, "fold"):
            self.pool = self.setting.open(self.dataset.open())
            fold = chosen_fold(self.setting.folds(self.dataset, self.pool), self.index)
            self.compared = check_no_leak(self.pool, fold)
            self.of_one_file = fold.train
            self.fold = fold if self.pool.several else self._divided(fold)
        if stage == "fit" and self.pool.several and not self.shares_files:
            self._take_share()

    def _divided(self, fold: Fold) -> Fold:
        return self.divide(fewer(fold, self.training_videos))

    def _take_share(self) -> None:
        """Has this process train on files, or parts of files, of its own.

        Raises:
            UserError: In all processes, if one of them cannot: none is to wait for it.
        """
        refused = ""
        try:
            self.fold = self._own_fold()
        except UserError as error:
            refused = str(error)
        for said in filter(None, of_all_processes(refused)):
            raise UserError(said)
        self.shares_files = True

    def _own_fold(self) -> Fold:
        """The fold with this process's training videos alone."""
        world_size, rank = self._processes()
        if self.training_videos is not None and world_size > 1:
            raise UserError(
                f"training_videos={self.training_videos}: counts the videos of all processes, of which each "
                "reads files of its own: leave it out, or write trainer.devices=1"
            )
        own = (*self.of_one_file[rank::world_size], *self.pool.share(rank, world_size))
        if not own:
            raise UserError(f"trainer.devices: {world_size} processes are more than videos: take fewer")
        fold = self._divided(replace(self.fold, train=own))
        if fold.validation and world_size > 1:
            raise UserError(
                "selection=validation: each process would hold out videos of its own files, which no record "
                "has: choose selection=last, or write trainer.devices=1"
            )
        return fold

    @property
    def all_training_videos(self) -> tuple[str, ...]:
        """The keys of what all processes train on, for methods that learn from them together.

        Raises:
            UserError: If each process only has those of its own files.
        """
        if self.shares_files and self._processes()[0] > 1:
            raise UserError(
                "trainer.devices: this method needs all training videos in each process, which several "
                "feature files do not give: write trainer.devices=1, or name one file"
            )
        return self.fold.train

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
        world_size, rank = (1, 0) if self.shares_files else self._processes()
        videos = Videos(self._read, keys)
        # pads so that every process makes the same number of steps, as DDP needs in training
        sampler = torch_data.DistributedSampler[VideoFeatures](
            videos, world_size, rank, shuffle=shuffle, seed=self.seed
        )
        if self.shares_files:
            sampler.num_samples = sampler.total_size = max(of_all_processes(len(keys)))
        return torch_data.DataLoader(
            videos,
            self.batch_size,
            sampler=sampler,
            collate_fn=collate,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
            generator=torch.Generator(),  # training draws the same, whoever reads and whatever is held out
        )

    @cached_property
    def _read(self) -> Callable[[str], VideoFeatures]:
        """Reads a training video or one that is held out: both share one room in memory."""
        read: Callable[[str], VideoFeatures] = self.pool.video
        if self.shares_files:
            read = partial(read_unless_tested, self.pool, self.fold)
        if self.trainer is not None and self.workers == 0:  # other processes would have to hand them over
            read = resident(read, self.trainer.strategy.root_device)
        return read

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
