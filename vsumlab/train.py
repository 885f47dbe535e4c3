"""One run: build, fit, test, record. Callable without a command line."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig
from rich.console import Console

from vsumlab.config import build, check_whole
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold, chosen_folds
from vsumlab.data.guard import check_labels, check_no_leak
from vsumlab.data.pool import VideoPool
from vsumlab.errors import UserError, first_line
from vsumlab.methods.summarizer import Summarizer
from vsumlab.results.claim import claimed
from vsumlab.results.evaluation import Evaluation
from vsumlab.results.loggers import log_config, log_job, log_test, logging_to, open_logger
from vsumlab.results.published import Published, published_figures
from vsumlab.results.run_folder import checkpoint_path, file_record, overrides, write_epochs, write_results
from vsumlab.results.table import as_text, results_table
from vsumlab.selection import Selection

SEED_STEP = 10**6
"""How far apart runs' orders of training videos are drawn: the sampler adds the epoch to its seed."""


def train(config: DictConfig) -> None:
    """Trains and tests a method on folds of a dataset, prints the table and fills the run folder.

    Under several processes all of them train and test; the first one prints and records.

    Args:
        config: The composed configuration; it is not changed.

    Raises:
        UserError: If something that the configuration names is missing or unusable.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    check_whole(config, seed=0, batch_size=1, random_draws=2, workers=0)
    check_whole(config.trainer, prefix="trainer.", max_epochs=1)
    dataset, setting = build(config.data), build(config.setting)
    videos = dataset.open()
    pool = setting.open(videos)
    folds = chosen_folds(setting.folds(dataset, pool), config.fold)
    compared = check_no_leak(pool, folds)
    if build(config.method, feature_dim=pool.feature_dim).needs_gtscore:
        check_labels(pool, folds)
    run = Path(config.paths.run)
    evaluation = Evaluation(dataset, videos, config.seed, config.random_draws)
    selections: dict[int, Selection] = {fold.index: build(config.selection) for fold in folds}
    folds = [selections[fold.index].divide(fold, fold_seed(config.seed, fold)) for fold in folds]
    with claimed(run):
        for fold in folds:
            selection = selections[fold.index]
            trainer, method = prepare(config, pool, run, fold, selection)
            data = VideoDataModule(pool, fold, config.batch_size, config.seed * SEED_STEP, config.workers)
            with logging_to(trainer.loggers):
                fit_and_test(
                    trainer, method, data, selection, checkpoint_path(run, fold.index, selection.checkpoint)
                )
                if trainer.is_global_zero:
                    evaluation.add_fold(fold.index, method.test_scores)
                    log_test(trainer.logger, evaluation, method, fold.index, run)
        if trainer.is_global_zero:
            record = {
                "started": started.isoformat(timespec="seconds"),
                "wall_time_s": round(time.perf_counter() - clock, 1),
                **asked(config, dataset, setting.name, method),
                **trained(config.seed, pool, folds, selections),
                "leak_check": {"by": "key and fingerprint of features", **compared},
            }
            table = results_table(
                evaluation,
                title=f"{config.name} · {dataset.name} · {setting.name} · seed {config.seed}",
                remarks=[*filter(None, [config.remark, selection.remark]), *changes()],
                published=published(method, dataset.name, setting.name),
                # what does not learn is alike in all settings; in transfer, all videos are tested at once
                published_over_videos={} if learns(method) else published(method, dataset.name, "transfer"),
            )
            Console().print(table)
            histories = {fold: each.history for fold, each in selections.items() if each.history}
            if histories:
                write_epochs(run, histories)
            write_results(run, config, evaluation, as_text(table), record)
            if len(folds) > 1:  # one fold sums itself up
                log_job(config, ", ".join(changes()), run, evaluation, method)
            Console().print(f"run folder: {run}", soft_wrap=True)


def asked(config: DictConfig, dataset: Dataset, setting: str, method: Summarizer) -> dict[str, Any]:
    """What a run's record says of what was asked for."""
    return {
        "name": config.name,
        "dataset": {"name": dataset.name, "headline": dataset.headline, "remark": dataset.remark},
        "setting": setting,
        "published": config.published,
        "published_names": method.published_names,
        "seed": config.seed,
        "fold": config.fold,
    }


def trained(
    seed: int, pool: VideoPool, folds: Sequence[Fold], selections: Mapping[int, Selection]
) -> dict[str, Any]:
    """What a run's record says of what was trained, and on what."""
    return {
        "folds": {
            str(fold.index): {"train": fold.train, "validation": fold.validation, "test": fold.test}
            for fold in folds
        },
        "fold_seeds": {str(fold.index): fold_seed(seed, fold) for fold in folds},
        "selection": next(iter(selections.values())).name,
        "chosen_epochs": {str(fold): each.chosen for fold, each in selections.items()},
        "trained_on": {name: file_record(file.path) for name, file in pool.others.items()},
    }


def fold_seed(seed: int, fold: Fold) -> int:
    """A fold's own seed, the same whether or not other folds run before it."""
    return int(np.random.SeedSequence([seed, fold.index]).generate_state(1)[0])


def prepare(
    config: DictConfig, pool: VideoPool, run: Path, fold: Fold, selection: Selection
) -> tuple[pl.Trainer, Summarizer]:
    """The Trainer and the method of a fold, from the fold's own seed.

    Raises:
        UserError: If the Trainer cannot be had here: no GPU, say.
    """
    pl.seed_everything(fold_seed(config.seed, fold), workers=True, verbose=False)
    method = build(config.method, feature_dim=pool.feature_dim)
    callbacks = [selection, *(build(callback) for callback in config.callbacks.values())]
    logger = open_logger(config, run, f"fold_{fold.index}")
    try:
        trainer = build(
            config.trainer,
            default_root_dir=str(run),
            logger=logger,
            callbacks=callbacks,
            limit_val_batches=1.0 if fold.validation else 0,
        )
    except (MisconfigurationException, ModuleNotFoundError, ValueError) as error:
        # no GPU, a strategy that there is not or whose package is not installed
        raise UserError(
            f"trainer: {first_line(error).rstrip('.!')}: choose trainer=default, which "
            "takes one CPU process, or correct trainer.NAME=VALUE"
        ) from error
    log_config(logger, config, ", ".join(changes()))
    if trainer.global_rank > 0:
        # noise of its own for every process; they start from the first one's weights all the same
        torch.manual_seed(fold_seed(config.seed, fold) + trainer.global_rank)
    return trainer, method


def learns(method: Summarizer) -> bool:
    """Whether there is anything to train."""
    return any(parameter.requires_grad for parameter in method.parameters())


def fit_and_test(
    trainer: pl.Trainer, method: Summarizer, data: VideoDataModule, selection: Selection, checkpoint: Path
) -> None:
    """Trains a method on a fold, if it has anything to train, keeps it, and scores the fold's test videos.

    Raises:
        UserError: If the Trainer cannot do what is asked of it.
    """
    try:
        if learns(method):
            trainer.fit(method, datamodule=data)
            selection.after_training(method)
            trainer.save_checkpoint(checkpoint, weights_only=True)
        trainer.test(method, datamodule=data, verbose=False)
    except MisconfigurationException as error:
        raise UserError(f"trainer: {first_line(error)}") from error
    method.gather_test_scores()
    selection.after_testing(method)
    if not learns(method):  # a Trainer can save what it has been given
        trainer.save_checkpoint(checkpoint, weights_only=True)


def published(method: Summarizer, dataset: str, setting: str) -> dict[str, Published]:
    """What the paper reports for the method's scorers, where it does."""
    found = {
        scorer: published_figures(row, dataset, setting) for scorer, row in method.published_names.items()
    }
    return {scorer: figures for scorer, figures in found.items() if figures is not None}


def changes() -> list[str]:
    """What was changed of the method and its training: it tells the jobs of a sweep apart."""
    kinds = ("method", "trainer.", "setting.", "batch_size")
    return [override for override in overrides() if override.lstrip("+~").startswith(kinds)]
