"""How long a training step takes."""

import statistics
import time

import pytorch_lightning as pl

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
        self.seconds.append(time.perf_counter() - self.started)


def seconds_a_step(method: Summarizer, file: VideoFile, batch_size: int, steps: int) -> float:
    """The median over some steps after a first one."""
    stopwatch = Stopwatch()
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=steps + 1,
        limit_train_batches=1,
        callbacks=[stopwatch],
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        use_distributed_sampler=False,
    )
    trainer.fit(method, datamodule=training_data(file, batch_size))
    return statistics.median(stopwatch.seconds[1:])
