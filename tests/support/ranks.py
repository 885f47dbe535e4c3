"""Callbacks for runs in several processes."""

import json
import os
import signal
import time
from abc import abstractmethod
from pathlib import Path
from typing import Any

import h5py
import pytorch_lightning as pl
import torch

from vsumlab.core.batch import Batch


class RanksEqual(pl.Callback):
    """After training, writes down whether all processes hold the same weights, bit for bit."""

    def __init__(self, file: str) -> None:
        self.file = Path(file)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        mine = [parameter.detach().clone() for parameter in pl_module.parameters()]
        theirs = [mine] * trainer.world_size
        torch.distributed.all_gather_object(theirs, mine)
        equal = all(torch.equal(a, b) for other in theirs for a, b in zip(mine, other, strict=True))
        if trainer.is_global_zero:
            self.file.write_text(f"{trainer.world_size} processes, equal: {equal}")


class ActsOnce(pl.Callback):
    """Does something when a fold's training starts, until the file that it then leaves is there."""

    def __init__(self, fold: int, file: str) -> None:
        self.fold = fold
        self.file = Path(file)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.datamodule.fold.index == self.fold and not self.file.exists():  # type: ignore[attr-defined]
            self.file.write_text(str(os.getpid()))
            self.act()

    @abstractmethod
    def act(self) -> None:
        """What is done."""


class FailsOnce(ActsOnce):
    """Raises an error."""

    def act(self) -> None:
        raise ArithmeticError("the loss is not a number\nand more lines")


class WaitsOnce(ActsOnce):
    """Waits for whoever stops the process."""

    def act(self) -> None:
        time.sleep(300)


class Sees(pl.Callback):
    """Writes down which files each process opens and which videos it trains on, an epoch after the other."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.opened: set[str] = set()
        self.epochs: list[list[str]] = []
        open_file = h5py.File.__init__

        def noted(file: h5py.File, name: object, *arguments: Any, **named: Any) -> None:
            self.opened.add(Path(str(name)).name)
            open_file(file, name, *arguments, **named)

        h5py.File.__init__ = noted

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.epochs.append([])

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Batch, batch_idx: int
    ) -> None:
        self.epochs[-1] += batch.keys

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        seen = {"opened": sorted(self.opened), "epochs": self.epochs}
        (self.folder / f"{trainer.global_rank}.json").write_text(json.dumps(seen))


class KilledOnce(pl.Callback):
    """Kills one process in the middle of the second epoch, until the file that it then leaves is there."""

    def __init__(self, rank: int, file: str) -> None:
        self.rank = rank
        self.file = Path(file)

    def on_train_batch_start(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, batch: Batch, batch_idx: int
    ) -> None:
        at = (trainer.current_epoch, batch_idx, trainer.global_rank) == (1, 1, self.rank)
        if at and not self.file.exists():
            self.file.touch()
            os.kill(os.getpid(), signal.SIGKILL)
