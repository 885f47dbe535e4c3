"""How long a training step takes."""

import statistics
import time
from typing import Any

import pytorch_lightning as pl
import torch

from support.loaders import training_data
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.methods.summarizer import Summarizer


class Stopwatch(pl.Callback):
    """The seconds that each training step takes."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_batch_start(self, *_: object) -> None:
        self.started = time.perf_counter()

    def on_train_batch_end(self, *_: object) -> None:
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.seconds.append(time.perf_counter() - self.started)


def seconds_a_step(method: Summarizer, file: VideoFile, batch_size: int, steps: int, **options: Any) -> float:
    """The median over some steps after a first one, on the CPU unless the Trainer's options say otherwise."""
    stopwatch = Stopwatch()
    trainer = pl.Trainer(
        max_epochs=steps + 1,
        limit_train_batches=1,
        callbacks=[stopwatch],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
        **({"accelerator": "cpu"} | options),
    )
    trainer.fit(method, datamodule=training_data(file, batch_size))
    return statistics.median(stopwatch.seconds[1:])
