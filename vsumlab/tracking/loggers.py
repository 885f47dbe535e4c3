"""What the loggers get: configuration, test metrics, and in W&B tables of videos and a run a job."""

from __future__ import annotations

import csv
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf
from pytorch_lightning.loggers import CSVLogger, Logger, TensorBoardLogger, WandbLogger

from vsumlab.config import build
from vsumlab.core.metric_names import METRICS
from vsumlab.errors import UserError, first_line
from vsumlab.evaluation.averages import fold_means, summarize
from vsumlab.evaluation.baselines import BASELINES, ORACLE
from vsumlab.runs.folder import fold_folder, plot_path, write_whole
from vsumlab.runs.ranks import is_first

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)

NOTHING: Mapping[str, str] = MappingProxyType({})
"""What was logged where a training begins."""


def open_logger(
    config: DictConfig, run: Path, name: str, before: Mapping[str, str] = NOTHING, **arguments: Any
) -> Logger:
    """The logger that the configuration names.

    Args:
        config: The whole configuration.
        run: The run's folder.
        name: What is logged, in that folder.
        before: What `logged` said where a training goes on.
        **arguments: Of the logger's own.

    Raises:
        UserError: If its package is not installed.
    """
    if "wandb" in before:
        arguments |= {"id": before["wandb"], "resume": "allow"}
    try:
        logger: Logger = build(config.logger, save_dir=str(run), name=name, **arguments)
    except ModuleNotFoundError as error:
        raise UserError(
            f"logger: {first_line(error)}: pip install 'vsumlab[tensorboard]', or choose logger=csv"
        ) from error
    if isinstance(logger, WandbLogger):
        # Lightning hands it on even where nobody asked for it, and W&B warns that it has no effect any more
        logger._wandb_init.pop("anonymous", None)
    return logger


def logged(loggers: Sequence[Logger]) -> dict[str, str]:
    """What a training goes on logging to: the lines of `metrics.csv` so far, and the run in W&B."""
    found = {}
    for logger in loggers:
        if isinstance(logger, CSVLogger) and (file := Path(logger.log_dir, "metrics.csv")).is_file():
            found["csv"] = file.read_text(encoding="utf-8")
        if isinstance(logger, WandbLogger):
            found["wandb"] = str(logger.experiment.id)
    return found


def restore_logged(loggers: Sequence[Logger], found: Mapping[str, str]) -> None:
    """Puts the lines of `metrics.csv` back, without those of an epoch that was broken off."""
    for logger in loggers:
        if isinstance(logger, CSVLogger) and "csv" in found and is_first():
            write_whole(Path(logger.log_dir, "metrics.csv"), found["csv"])
            logger.experiment.metrics_keys = next(csv.reader(found["csv"].splitlines()))


def log_config(logger: Logger, config: DictConfig, variant: str) -> None:
    """Logs the whole configuration, and what tells the run from others of its experiment.

    Has W&B plot training and validation over epochs.

    Raises:
        UserError: If W&B refuses, or there is no room to write.
    """
    whole: Any = OmegaConf.to_container(config, resolve=True)
    try:
        logger.log_hyperparams({**whole, "variant": variant})
        if isinstance(logger, WandbLogger):
            for metrics in ("train/*", "validation/*"):
                logger.experiment.define_metric(metrics, step_metric="epoch")
    except Exception as error:
        if isinstance(logger, WandbLogger) and is_wandb_error(error):
            raise UserError(
                f"logger: {first_line(error)}: log in, or choose logger=csv or logger.offline=true"
            ) from error
        if isinstance(error, OSError):
            reason = error.strerror or first_line(error)
            raise UserError(f"logger: {config.paths.run}: cannot be written: {reason}") from error
        raise


def is_wandb_error(error: Exception) -> bool:
    """Whether an error is one of W&B's own: no account, no network."""
    import requests
    import wandb  # not imported unless it is in use: it takes a second

    # the last three are errors of the operating system too, of its network rather than of a disk
    return isinstance(error, wandb.Error | requests.RequestException | ConnectionError | TimeoutError)


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
                import wandb

                wandb.finish(exit_code=int(failed))


def test_metrics(rows: pd.DataFrame, fold: int, headline: str, main_scorer: str) -> dict[str, float]:
    """A fold's test metrics: `test/f1`, the dataset's headline F1 in [0, 1], and the protocol's others.

    These are of the method's main scorer; each row of the table has its own as well: `test/random/f1`.
    """
    metrics: dict[str, float] = {}
    means: dict[Any, Any] = fold_means(rows[rows["fold"] == fold]).droplevel("fold").to_dict("index")
    for scorer, of_scorer in means.items():
        for prefix in prefixes(str(scorer), main_scorer):
            metrics |= named(prefix, headline, of_scorer)
    return metrics


def prefixes(scorer: str, main_scorer: str) -> list[str]:
    """What the names of a scorer's metrics begin with."""
    return [f"test/{scorer}", *(["test"] if scorer == main_scorer else [])]


def named(prefix: str, headline: str, metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics that there are, under the names that loggers have for them."""
    all_names = {"f1": metrics[f"f1_{headline}"], **{name: metrics[name] for name in METRICS}}
    return {f"{prefix}/{name}": float(value) for name, value in all_names.items() if not math.isnan(value)}


def log_test(logger: Logger | None, metrics: Mapping[str, float], rows: pd.DataFrame, run: Path) -> None:
    """Logs a fold's test metrics and, in W&B, a table of its videos."""
    assert logger is not None
    logger.log_metrics(dict(metrics))
    if isinstance(logger, WandbLogger | TensorBoardLogger):
        logger.log_metrics(headline_metric(metrics))
    if isinstance(logger, WandbLogger):
        log_videos(logger, rows, run)


def headline_metric(metrics: Mapping[str, float]) -> dict[str, float]:
    """The test metric that hyper-parameters are compared by, under the name that TensorBoard has for it."""
    return {"hp_metric": metrics["test/f1"]} if "test/f1" in metrics else {}


def log_videos(logger: WandbLogger, rows: pd.DataFrame, run: Path) -> None:
    """Logs a table of videos: their metrics by each scorer, and the plots of those that were drawn.

    An oracle's rows have no plot.
    """
    import wandb

    table = wandb.Table(columns=["fold", "video", "scorer", *METRICS, "picture"])
    for row in rows.to_dict("records"):
        plot = plot_path(fold_folder(run, row["fold"]), row["video"]).with_suffix(".png")
        shown = plot.is_file() and row["scorer"] not in BASELINES and not row["scorer"].endswith(ORACLE)
        image = wandb.Image(str(plot)) if shown else None
        table.add_data(row["fold"], row["video"], row["scorer"], *(row[name] for name in METRICS), image)
    logger.experiment.log({"videos": table})


def log_job(config: DictConfig, variant: str, run: Path, rows: pd.DataFrame, main_scorer: str) -> None:
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
            headline = build(config.data).headline  # which the configuration may leave out
            for scorer, found in summarize(rows).items():
                for prefix in prefixes(scorer, main_scorer):
                    spread = named(prefix, headline, found["spread"])
                    mean = named(prefix, headline, found["mean"])
                    logger.experiment.summary.update(
                        mean
                        | headline_metric(mean)
                        | {f"{name}_spread": value for name, value in spread.items()}
                    )
            log_videos(logger, rows, run)
    except Exception as error:  # whatever the logging service has
        log.warning("%s: done, but W&B has no run that sums it up: %s", run, first_line(error))
