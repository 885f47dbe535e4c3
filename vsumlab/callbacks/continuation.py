"""What a training that is stopped goes on from, bit for bit, as a Lightning callback."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.trainer.states import TrainerFn

from vsumlab.core.process_group import of_all_processes
from vsumlab.errors import UserError
from vsumlab.processes import end_though_it_waits, terminate
from vsumlab.runs.checkpoints import LAST, UNFINISHED
from vsumlab.runs.continuation import STATE, kept_state
from vsumlab.runs.ranks import watch_others
from vsumlab.tracking.loggers import logged, restore_logged


class Clock:
    """How long a fold takes, over all times that it was gone on with."""

    def __init__(self) -> None:
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    def took(self) -> dict[str, Any]:
        """When it was begun, and the seconds by the clock and on the CPU until now."""
        return {
            "started": self._started,
            "wall_time_s": time.perf_counter() - self._wall,
            "cpu_time_s": time.process_time() - self._cpu,
        }

    def go_on(self, before: Mapping[str, Any]) -> None:
        """Adds what `took` said before the stop."""
        self._started = before["started"]
        self._wall -= before["wall_time_s"]
        self._cpu -= before["cpu_time_s"]


class Continuation(pl.Callback):
    """Keeps, where an epoch begins, all that the training depends on from there, and takes it back.

    Lightning's checkpoints have weights, optimizers, schedules, loops and callbacks. This adds the random
    states of every process and what has been logged. At the end it leaves `last.ckpt`. It has to be the first
    of the callbacks: others may draw random numbers where an epoch begins.

    Args:
        folder: The fold's.
        conditions: What the fold is made with, from `vsumlab.runs.continuation.made_with`.
        clock: Of the fold; it is set to go on as well.
        point: The checkpoint that the training goes on from; None where it begins.
    """

    def __init__(
        self, folder: Path, conditions: Mapping[str, Any], clock: Clock, point: Path | None = None
    ) -> None:
        self.folder = folder
        self.conditions = conditions
        self.clock = clock
        self.point = point
        self._restored: dict[str, Any] | None = None
        self._states: list[dict[str, Any]] | None = None  # while the checkpoint is written

    @property
    def logged_before(self) -> dict[str, str]:
        """What `vsumlab.tracking.loggers.logged` said there; nothing where training begins."""
        found: dict[str, str] = kept_state(self.point)["logged"] if self.point else {}
        return found

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Has the epoch that was broken off begin anew, with what was logged before it."""
        orderly_end(trainer)
        if self._restored is not None:
            # the loops are where an epoch begins, not within one whose end they would look for
            trainer.fit_loop.restarting = False
            restore_logged(trainer.loggers, self._restored["logged"])
            self.clock.go_on(self._restored["took"])

    def on_predict_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Ends in an orderly way from here on, too."""
        orderly_end(trainer)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Takes the random states back that the epoch began with, or keeps them with all the rest."""
        if self._restored is not None:
            set_random_states(self._restored["random_states"][trainer.global_rank])
            self._restored = None
        elif trainer.current_epoch > 0:  # the first one begins anew where it is broken off
            self.keep(trainer)

    def keep(self, trainer: pl.Trainer) -> None:
        """Writes the checkpoint, and leaves the one of the epoch before."""
        for logger in trainer.loggers:
            logger.save()
        newest, before = (self.folder / name for name in UNFINISHED)
        if trainer.is_global_zero and newest.is_file():
            newest.replace(before)
        self._states = of_all_processes(random_states())
        trainer.save_checkpoint(newest, weights_only=False)
        self._states = None

    def on_save_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Adds what Lightning does not keep, where a training may go on from the checkpoint."""
        if self._states is not None:
            checkpoint[STATE] = {
                "made_with": dict(self.conditions),
                "took": self.clock.took(),
                "random_states": self._states,
                "logged": logged(trainer.loggers),
            }

    def on_load_checkpoint(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Takes note of what is there, for when the training begins."""
        if trainer.state.fn != TrainerFn.FITTING:
            checkpoint["callbacks"] = {}  # those know more by now than in the epoch that is tested
        elif STATE in checkpoint:
            self._restored = checkpoint[STATE]
            self.check_processes(trainer)
            move_checkpoints(trainer, checkpoint)

    def check_processes(self, trainer: pl.Trainer) -> None:
        """Refuses to go on with other processes than so far: each has random states of its own.

        Raises:
            UserError: If there are more or fewer.
        """
        assert self._restored is not None
        before = len(self._restored["random_states"])
        if before != trainer.world_size:
            raise UserError(
                f"{self.folder}: was begun by {before} processes, now there are {trainer.world_size}: write "
                f"trainer.devices={before}, or move it away and the fold begins anew"
            )

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Leaves the last epoch, with the state of the optimizers."""
        trainer.save_checkpoint(self.folder / f"{LAST}.ckpt", weights_only=False)


def orderly_end(trainer: pl.Trainer) -> None:
    """Has a SIGTERM, and the end of another process, end this one.

    Lightning's own handler first has all processes meet, and one that was asked to end alone waits for ever.
    """
    if threading.current_thread() is threading.main_thread():  # no other one may
        signal.signal(signal.SIGTERM, terminate)
        if trainer.world_size > 1:
            end_though_it_waits()
    watch_others(trainer)


def move_checkpoints(trainer: pl.Trainer, checkpoint: Mapping[str, Any]) -> None:
    """Has callbacks find what they have kept, where the run folder was moved since."""
    for callback in trainer.checkpoint_callbacks:
        state = checkpoint["callbacks"].get(callback.state_key)
        if isinstance(callback, ModelCheckpoint) and state and state["dirpath"] != callback.dirpath:
            before, now = str(state["dirpath"]), str(callback.dirpath)
            for name in ("dirpath", "best_model_path", "kth_best_model_path", "last_model_path"):
                state[name] = state[name].replace(before, now, 1)
            state["best_k_models"] = {
                path.replace(before, now, 1): score for path, score in state["best_k_models"].items()
            }


def random_states() -> dict[str, Any]:
    """The states of all generators that a process may draw from, as tensors and plain Python."""
    version, words, gauss = random.getstate()
    # a method of one's own may draw from NumPy's old generator
    kind, keys, *rest = cast(tuple[Any, ...], np.random.get_state(legacy=True))  # noqa: NPY002
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state() if torch.cuda.is_available() else None,
        "numpy": [kind, keys.tolist(), *rest],
        "python": [version, list(words), gauss],
    }


def set_random_states(states: Mapping[str, Any]) -> None:
    """Sets all generators as `random_states` found them."""
    version, words, gauss = states["python"]
    random.setstate((version, tuple(words), gauss))
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, np.array(keys, np.uint32), *rest))  # noqa: NPY002
    torch.set_rng_state(states["torch"])
    if states["cuda"] is not None and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])
