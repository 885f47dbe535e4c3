"""What the loggers get: configuration, test figures, and in W&B tables of videos and a run a job."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import Logger, WandbLogger

from vsumlab.config import build
from vsumlab.errors import UserError, first_line
from vsumlab.methods.summarizer import Summarizer
from vsumlab.metrics.protocol import METRICS
from vsumlab.results.drawing import drawn
from vsumlab.results.evaluation import Evaluation
from vsumlab.results.rows import BASELINES, ORACLE, Row, scorers, statistics

log = logging.getLogger(__name__)


def open_logger(config: DictConfig, run: Path, name: str, **arguments: Any) -> Logger:
    """The logger that the configuration names.

    Raises:
        UserError: If its package is not installed.
    """
    try:
        logger: Logger = build(config.logger, save_dir=str(run), name=name, **arguments)
    except ModuleNotFoundError as error:
        raise UserError(
            f"logger: {first_line(error)}: pip install 'vsumlab[tensorboard]', or choose logger=csv"
        ) from error
    return logger


def log_config(logger: Logger, config: DictConfig, variant: str) -> None:
    """Logs the whole configuration, and what tells the run from others of its experiment.

    Has W&B plot training and validation over epochs.

    Raises:
        UserError: If the logging service cannot be had.
    """
    try:
        whole: Any = OmegaConf.to_container(config, resolve=True)
        logger.log_hyperparams({**whole, "variant": variant})
        if isinstance(logger, WandbLogger):
            for metrics in ("train/*", "validation/*"):
                logger.experiment.define_metric(metrics, step_metric="epoch")
    except Exception as error:  # each logging service has errors of its own: no account, no network
        raise UserError(
            f"logger: {first_line(error)}: log in, or choose logger=csv or logger.offline=true"
        ) from error


@contextmanager
def logging_to(loggers: Sequence[Logger]) -> Iterator[None]:
    """Ends a fold's or a job's W&B run, which the next one would otherwise go on writing to."""
    failed = True
    try:
        yield
        failed = False
    finally:
        for logger in loggers:
            logger.save()
            if isinstance(logger, WandbLogger):
                import wandb  # not imported unless it is in use: it takes a second

                wandb.finish(exit_code=int(failed))


def log_test(logger: Logger | None, evaluation: Evaluation, method: Summarizer, fold: int, run: Path) -> None:
    """Logs a fold's test figures: `test/f1`, the dataset's headline F1 in [0, 1], and the protocol's others.

    These are of the method's main scorer; each row of the table has its own as well: `test/random/f1`.
    """
    assert logger is not None
    figures: dict[str, float] = {}
    for scorer in scorers(evaluation.rows):
        means = statistics(evaluation.rows, scorer).folds[fold]
        for prefix in prefixes(scorer, method):
            figures |= named(prefix, evaluation, means)
    logger.log_metrics(figures)
    if isinstance(logger, WandbLogger):
        log_videos(logger, [row for row in evaluation.rows if row.fold == fold], run)


def prefixes(scorer: str, method: Summarizer) -> list[str]:
    """What the names of a scorer's figures begin with."""
    return [f"test/{scorer}", *(["test"] if scorer == method.main_scorer else [])]


def named(prefix: str, evaluation: Evaluation, figures: dict[str, float]) -> dict[str, float]:
    """Figures that are known, under the names that loggers know them by."""
    f1 = figures[f"f1_{evaluation.dataset.headline}"]
    return {
        f"{prefix}/{name}": value for name, value in {"f1": f1, **figures}.items() if not math.isnan(value)
    }


def log_videos(logger: WandbLogger, rows: Sequence[Row], run: Path) -> None:
    """Logs a table of videos: their figures by each scorer, and the pictures of those that were drawn.

    Those show the last epoch or the one chosen on validation videos, so they are not an oracle's.
    """
    import wandb

    table = wandb.Table(columns=["fold", "video", "scorer", *METRICS, "picture"])
    for row in rows:
        picture = drawn(run, row.fold, row.video).with_suffix(".png")
        shown = picture.is_file() and row.scorer not in BASELINES and not row.scorer.endswith(ORACLE)
        image = wandb.Image(str(picture)) if shown else None
        table.add_data(row.fold, row.video, row.scorer, *(getattr(row, name) for name in METRICS), image)
    logger.experiment.log({"videos": table})


def log_job(config: DictConfig, variant: str, run: Path, evaluation: Evaluation, method: Summarizer) -> None:
    """Where W&B is in use, sums a job up in a run of its own: means over folds, their spread, all videos.

    They are named as those of a fold, with `_spread` for the standard deviation over folds: `test/f1`,
    `test/f1_spread`, `test/random/f1`, …. The job is done by then: what goes wrong is a warning.
    """
    if not str(config.logger._target_).endswith(".WandbLogger"):
        return
    try:
        logger = open_logger(config, run, "all_folds", job_type="job")
        assert isinstance(logger, WandbLogger)
        with logging_to([logger]):
            log_config(logger, config, variant)
            for scorer in scorers(evaluation.rows):
                found = statistics(evaluation.rows, scorer)
                for prefix in prefixes(scorer, method):
                    spread = named(prefix, evaluation, found.spread)
                    logger.experiment.summary.update(
                        named(prefix, evaluation, found.mean)
                        | {f"{name}_spread": value for name, value in spread.items()}
                    )
            log_videos(logger, evaluation.rows, run)
    except Exception as error:  # whatever the logging service has
        log.warning("%s: done, but W&B has no run that sums it up: %s", run, first_line(error))
