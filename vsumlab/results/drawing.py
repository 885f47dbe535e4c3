"""Draws test videos as they are scored, as a Lightning callback."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast
from urllib.parse import quote

import pytorch_lightning as pl
from pytorch_lightning.loggers import TensorBoardLogger, WandbLogger

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.methods.summarizer import Summarizer
from vsumlab.results.figures import save, video_figure
from vsumlab.results.run_folder import fold_folder


def drawn(run: Path, fold: int, key: str) -> Path:
    """Where the picture of a test video is in a run folder, as an SVG; a PNG lies beside it.

    What no file's name should have is percent-encoded, so that every video has a name of its own.
    """
    name = re.sub(r'[%/\\:*?"<>|\x00-\x1f]', lambda odd: quote(odd[0], safe=""), key)
    return fold_folder(run, fold) / "figures" / f"{name}.svg"


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
        run = Path(trainer.default_root_dir)
        for key in data.fold.test[: self.videos]:
            scores = {name: of[key] for name, of in method.test_scores.items() if key in of}
            if scores:
                video = data.pool.evaluated[key]
                figure = video_figure(video, scores, method.explain(video.features.to(method.device)))
                file = drawn(run, data.fold.index, key)
                file.parent.mkdir(parents=True, exist_ok=True)
                for suffix in (".svg", ".png"):
                    save(figure, file.with_suffix(suffix))
                for logger in trainer.loggers:
                    if isinstance(logger, TensorBoardLogger):
                        logger.experiment.add_figure(f"videos/{key}", figure)
                    elif isinstance(logger, WandbLogger):
                        logger.log_image(f"videos/{key}", [str(file.with_suffix(".png"))])
