"""One fold: build, fit, predict, record. Callable without a command line."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytorch_lightning as pl
import torch
from lightning_fabric.plugins import TorchCheckpointIO
from lightning_fabric.utilities.exceptions import MisconfigurationException
from omegaconf import DictConfig
from pytorch_lightning.callbacks import Checkpoint

from vsumlab.callbacks.continuation import Clock, Continuation
from vsumlab.callbacks.selection import Selection, Weights
from vsumlab.checks import check_processes, check_room, check_run, enough_memory
from vsumlab.config import build
from vsumlab.core.process_group import of_all_processes
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.guard import check_labels
from vsumlab.errors import UserError, first_line
from vsumlab.methods.compiled_steps import compile_steps
from vsumlab.methods.registry import check_method
from vsumlab.methods.summarizer import Prediction, Summarizer
from vsumlab.methods.trust import trusting
from vsumlab.runs.checkpoints import LAST, WholeCheckpoints, remove_unfinished
from vsumlab.runs.claim import claimed
from vsumlab.runs.continuation import go_on_in, made_with
from vsumlab.runs.fold_record import fold_seed, write_fold
from vsumlab.runs.folder import fold_folder, writing_all
from vsumlab.runs.loading import load_base
from vsumlab.runs.ranks import ending_together, from_first_process, is_first
from vsumlab.runs.record import Origin, this_process
from vsumlab.runs.run_record import contents_now
from vsumlab.tracking.loggers import log_config, log_test, logging_to, open_logger, test_metrics

if TYPE_CHECKING:
    from vsumlab.evaluation.rows import Scores

SEED_STEP = 10**6
"""How far apart runs' orders of training videos are drawn: the sampler adds the epoch to its seed."""


def train(config: DictConfig, origin: Origin | None = None) -> dict[str, float]:
    """Trains and tests a method on one fold of a dataset, and records it in the fold's own folder.

    Under several processes all of them train and test; the first one evaluates and records.

    Args:
        config: The composed configuration, with a number for `fold` and a folder for `paths.run`; it is not
            changed.
        origin: Where the configuration comes from, for the record; this process's command unless given.

    Returns:
        The metrics of the test videos, `test/f1` and its like, and of held-out training videos,
        `validation/…`, where there are some; nothing in any but the first process.

    Raises:
        UserError: If something that the configuration names is missing or unusable.
        BusyError: If another process is at work on the fold.
        DoneError: If the fold is finished.
    """
    clock = Clock()
    quiet_libraries()
    check(config)
    origin = origin or this_process()
    run, seed = Path(config.paths.run), fold_seed(config.seed, config.fold)
    selection: Selection = build(config.selection)
    data = set_up_data(config, selection)
    check_room(config.method, data.pool.feature_dim)
    pl.seed_everything(seed, workers=True, verbose=False)
    method: Summarizer = build(config.method, feature_dim=data.pool.feature_dim)
    check_method(method, config.method._target_)
    if method.needs_gtscore:
        check_labels(data.pool, data.fold)
    if method.base_run is not None:
        with trusting(config.trust):
            base = load_base(Path(method.base_run), data.fold, data.pool.evaluated.path)
        method.build_on(base)
    if config.compile:
        on_gpu = torch.cuda.is_available() and not on_the_cpu(config.trainer)
        compile_steps(method, torch.device("cuda" if on_gpu else "cpu"))
    folder = fold_folder(run, config.fold)
    with torch_threads(config.threads), claimed(folder), writing_all(folder):
        conditions = made_with(config, contents_now(config), origin) if is_first() else {}
        point = from_first_process(lambda: str(go_on_in(folder, conditions) or ""))
        continuation = Continuation(folder, conditions, clock, Path(point) if point else None)
        trainer = build_trainer(config, method, selection, origin, continuation)
        with logging_to(trainer.loggers), ending_together(trainer), enough_memory():
            with denormals_as_zero():
                fit(trainer, method, data, selection, continuation.point)
                scores = predict(trainer, method, data, selection)
            if not trainer.is_global_zero:
                return {}
            from vsumlab.evaluation.rows import evaluate_fold  # pandas, which training can do without

            evaluation = evaluate_fold(
                scores, data.pool.evaluated, data.dataset, config.fold, config.seed, config.random_draws
            )
            # an oracle has another name, so `test/f1` is never one
            tested = test_metrics(evaluation.rows, config.fold, data.dataset.headline, method.main_scorer)
            log_test(trainer.logger, tested, evaluation.rows, run)
        metrics = selection.chosen_metrics() | tested
        write_fold(config, origin, data, selection, method, scores, evaluation, metrics, clock.took())
        remove_unfinished(folder)
        return metrics


def quiet_libraries() -> None:
    """Leaves out what libraries warn of that a run does on purpose."""
    for message in (
        ".*does not have many workers.*",  # features lie in a file that is read faster than workers start
        ".*treespec.*",  # Lightning's own use of torch
        ".*in eval mode at the start of training.*",  # what a method is built on is not trained
        "Checkpoint directory .* exists and is not empty",  # the logger has been there just before
        "Experiment logs directory .* exists and is not empty",  # where a training goes on
    ):
        warnings.filterwarnings("ignore", message=message)


@contextmanager
def torch_threads(threads: int | None) -> Iterator[None]:
    """Has torch compute with so many threads on the CPU, or with as many as it does, and then as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Takes floats below 1.2e-38 for 0 on the CPU.

    Gradients that go back through hundreds of frames fade into such numbers, on which a CPU computes many
    times as slowly as on others, and which no sum with a larger one keeps.
    """
    already = not (torch.full((1,), 1e-30) * 1e-10).any()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(already)


def check(config: DictConfig) -> None:
    """Refuses numbers that make no sense.

    Raises:
        UserError: Naming the first.
    """
    if type(config.fold) is not int:
        raise UserError(f"fold={config.fold}: one fold is trained at a time: choose a number")
    if config.paths.run is None:
        raise UserError("paths.run: names no folder: write paths.run=FOLDER")
    check_run(config)
    check_processes(config.trainer, on_the_cpu(config.trainer))


def set_up_data(config: DictConfig, selection: Selection) -> VideoDataModule:
    """The fold's data module, with its files open and checked.

    Raises:
        UserError: If a file is missing or unusable, or the fold trains on test videos.
    """
    data = VideoDataModule(
        dataset=build(config.data),
        setting=build(config.setting),
        fold=config.fold,
        batch_size=config.batch_size,
        seed=config.seed * SEED_STEP,
        workers=config.workers,
        training_videos=config.training_videos,
        divide=partial(selection.divide, seed=fold_seed(config.seed, config.fold)),
    )
    data.setup()
    return data


def build_trainer(
    config: DictConfig,
    method: Summarizer,
    selection: Selection,
    origin: Origin,
    continuation: Continuation,
) -> pl.Trainer:
    """The fold's Trainer, with its callbacks and its logger.

    Raises:
        UserError: If the Trainer cannot be had here: no GPU, say.
    """
    run = Path(config.paths.run)
    folder = fold_folder(run, config.fold)
    logger = open_logger(config, run, folder.name, before=continuation.logged_before)
    callbacks = [continuation, selection, *(build(callback) for callback in config.callbacks.values())]
    if method.learns:
        callbacks += selection.checkpoints(folder, method)
    try:
        trainer: pl.Trainer = build(
            config.trainer,
            default_root_dir=str(folder),
            logger=logger,
            callbacks=callbacks,
            # else Lightning would keep one of its own
            enable_checkpointing=any(isinstance(callback, Checkpoint) for callback in callbacks),
            limit_val_batches=1.0 if selection.validates else 0,
            **accelerator(config.trainer),
            **strategy(config.trainer, method),
        )
    except (MisconfigurationException, ModuleNotFoundError, TypeError, ValueError) as error:
        # no GPU, a strategy that there is not or whose package is not installed
        raise UserError(
            f"trainer: {first_line(error).rstrip('.!')}: choose trainer=cpu, which "
            "takes one CPU process, or correct trainer.NAME=VALUE"
        ) from error
    if type(trainer.strategy.checkpoint_io) is TorchCheckpointIO:  # none of the user's own
        trainer.strategy.checkpoint_io = WholeCheckpoints()
    log_config(logger, config, ", ".join(origin.changes))
    return trainer


def accelerator(trainer: DictConfig) -> dict[str, str]:
    """What `auto` stands for: Lightning's would take Apple's GPUs as well, which have no float64."""
    auto = trainer.get("accelerator") == "auto"
    return {"accelerator": "cuda" if torch.cuda.is_available() else "cpu"} if auto else {}


def on_the_cpu(trainer: DictConfig) -> bool:
    """Whether a Trainer's part of a configuration says, or `auto` stands for, the CPU."""
    return "cpu" in (trainer.get("accelerator"), accelerator(trainer).get("accelerator"))


def strategy(trainer: DictConfig, method: Summarizer) -> dict[str, str]:
    """What several processes need to know of a method whose backward passes leave parameters out."""
    several = trainer.devices != 1 or trainer.get("num_nodes", 1) != 1
    plain = trainer.get("strategy", "auto") in ("auto", "ddp")
    return (
        {"strategy": "ddp_find_unused_parameters_true"}
        if several and plain and method.find_unused_parameters
        else {}
    )


def fit(
    trainer: pl.Trainer, method: Summarizer, data: VideoDataModule, selection: Selection, point: Path | None
) -> None:
    """Trains a method, if it has anything to train, from a checkpoint on where there is one.

    Raises:
        UserError: If the Trainer cannot do what is asked of it.
    """
    if not method.learns:
        return
    try:
        trainer.fit(method, datamodule=data, ckpt_path=point, weights_only=True)
    except MisconfigurationException as error:
        raise UserError(f"trainer: {first_line(error)}") from error
    selection.log_choice(method)


def predict(trainer: pl.Trainer, method: Summarizer, data: VideoDataModule, selection: Selection) -> Scores:
    """Scores the fold's test videos by the epochs that were selected.

    Returns:
        Importance scores (T,) by scorer and video, in every process those of all videos.
    """
    scores: dict[str, dict[str, np.ndarray]] = {}
    for checkpoint, scorer, suffix in selection.tested() if method.learns else [Weights()]:
        own = trainer.predict(method, datamodule=data, ckpt_path=checkpoint, weights_only=True)
        shares = of_all_processes(cast(list[Prediction], own or []))  # None without a video
        for prediction in chain.from_iterable(shares):
            for name, of_video in prediction.scores.items():
                if scorer in (None, name):
                    scores.setdefault(name + suffix, {})[prediction.key] = of_video
    if not method.learns:  # no callback has kept it, and a Trainer can save what it has been given
        folder = Path(trainer.default_root_dir)
        trainer.save_checkpoint(folder / f"{LAST}.ckpt", weights_only=True)
    return scores
