"""Draws test videos as they are scored, as a Lightning callback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

import pytorch_lightning as pl
from pytorch_lightning.loggers import TensorBoardLogger, WandbLogger

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.methods.summarizer import Summarizer
from vsumlab.results.figures import save, video_figure
from vsumlab.results.run_folder import fold_folder


class VideoFigures(pl.Callback):
    """Draws the first test videos of each fold: `fold_0/figures/video_1.svg` and `.png`, and the loggers'.

    Args:
        videos: How many of each fold.
    """

    def __init__(self, videos: int) -> None:
        self.videos = videos

    def on_test_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Draws those that this process tested."""
        method = cast(Summarizer, pl_module)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        folder = fold_folder(Path(trainer.default_root_dir), data.fold.index) / "figures"
        for key in data.fold.test[: self.videos]:
            scores = {name: of[key] for name, of in method.test_scores.items() if key in of}
            if scores:
                video = data.pool.evaluated[key]
                figure = video_figure(video, scores, method.explain(video.features.to(method.device)))
                folder.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"[^\w.-]", "_", key)
                for suffix in ("svg", "png"):
                    save(figure, folder / f"{name}.{suffix}")
                for logger in trainer.loggers:
                    if isinstance(logger, TensorBoardLogger):
                        logger.experiment.add_figure(f"videos/{key}", figure)
                    elif isinstance(logger, WandbLogger):
                        logger.log_image(f"videos/{key}", [str(folder / f"{name}.png")])
