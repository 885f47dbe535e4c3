"""A bar that says which fold and epoch a run is at, as a Lightning callback."""

from __future__ import annotations

import multiprocessing
from typing import Any

import pytorch_lightning as pl
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class FoldProgress(pl.Callback):
    """The bar; silent where standard error is no terminal, and in one of several folds' processes."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Starts the bar."""
        alone = multiprocessing.parent_process() is None and trainer.is_global_zero
        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        self._progress = Progress(
            *columns,
            console=self._console,
            transient=True,
            disable=not (self._console.is_terminal and alone),
        )
        self._progress.start()
        steps = (trainer.max_epochs or 1) * trainer.num_training_batches
        self._task = self._progress.add_task("", total=steps)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Names the fold and the epoch."""
        fold = trainer.datamodule.fold.index  # type: ignore[attr-defined]
        epoch = f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"
        self._progress.update(self._task, description=f"{pl_module.name}  fold {fold}  {epoch}")

    def on_train_batch_end(self, trainer: pl.Trainer, *_: Any) -> None:
        """Moves the bar by a step."""
        self._progress.advance(self._task)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Takes the bar away."""
        self._progress.stop()

    def on_exception(self, trainer: pl.Trainer, *_: Any) -> None:
        """Takes the bar away, so that it does not cover the error."""
        if hasattr(self, "_progress"):
            self._progress.stop()
