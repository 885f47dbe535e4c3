"""A small training without a run around it."""

from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset
from vsumlab.data.settings import Folds
from vsumlab.methods.summarizer import Summarizer


def made_data(path: Path, n_folds: int = 3, batch_size: int = 1, **options: Any) -> VideoDataModule:
    """The first fold of a feature file."""
    dataset = Dataset("made", "", str(path), headline="mean", rank_reference="user_scores")
    setting = Folds("canonical", n_folds, fold_seed=0)
    return VideoDataModule(dataset, setting, 0, batch_size, seed=0, **options)


def quiet_trainer(**options: Any) -> pl.Trainer:
    """A Trainer of one epoch on the CPU that writes nothing."""
    silent = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "limit_val_batches": 0,
    }
    return pl.Trainer(
        accelerator="cpu",
        use_distributed_sampler=False,
        enable_model_summary=False,
        **({"devices": 1, "max_epochs": 1} | silent | options),
    )


def fit(method: Summarizer, data: VideoDataModule, **options: Any) -> pl.Trainer:
    """Trains a method."""
    trainer = quiet_trainer(**options)
    trainer.fit(method.train(), datamodule=data)
    return trainer
