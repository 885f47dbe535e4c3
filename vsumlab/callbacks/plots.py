"""Draws test videos as they are scored, as a Lightning callback."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytorch_lightning as pl
from pytorch_lightning.loggers import TensorBoardLogger, WandbLogger

from vsumlab.callbacks.selection import TestOracle
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.entries import check_whole
from vsumlab.methods.summarizer import Prediction, Summarizer
from vsumlab.runs.folder import plot_path


class VideoPlots(pl.Callback):
    """Draws the first test videos of each fold: `fold_0/figures/video_1.svg` and `.png`, and the loggers'.

    Not by epochs that were chosen on these very videos: a picture of an oracle would be taken for a result.

    Args:
        videos: How many of each fold.

    Raises:
        UserError: If that is no number of videos.
    """

    def __init__(self, videos: int) -> None:
        check_whole({"videos": videos}, "callbacks.figures.", videos=0)
        self.videos = videos

    def on_predict_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *_: Any
    ) -> None:
        """Draws the video that was just scored, if it is one of them."""
        method, prediction = cast(Summarizer, pl_module), cast(Prediction, outputs)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        is_oracle = any(isinstance(callback, TestOracle) for callback in trainer.callbacks)  # type: ignore[attr-defined]
        if is_oracle or prediction.key not in data.fold.test[: self.videos]:
            return
        from vsumlab.callbacks.video_plot import video_plot  # Matplotlib, which training can do without
        from vsumlab.plotting import save

        video = data.pool.evaluated[prediction.key]
        explanation = method.explain(video.features.to(method.device), video.timing)
        plot = video_plot(video, prediction.scores, explanation)
        file = plot_path(Path(trainer.default_root_dir), prediction.key)
        file.parent.mkdir(parents=True, exist_ok=True)
        for suffix in (".svg", ".png"):
            save(plot, file.with_suffix(suffix))
        for logger in trainer.loggers:
            if isinstance(logger, TensorBoardLogger):
                logger.experiment.add_figure(f"videos/{prediction.key}", plot)
            elif isinstance(logger, WandbLogger):
                logger.log_image(f"videos/{prediction.key}", [str(file.with_suffix(".png"))])
