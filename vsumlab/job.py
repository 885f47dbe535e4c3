"""A job: all folds that one configuration names, one after the other or several at once."""

from __future__ import annotations

import json
import logging
import multiprocessing
import signal
import traceback
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig, OmegaConf

from vsumlab.checks import check_run
from vsumlab.config import build, changed
from vsumlab.data.folds import chosen_indices
from vsumlab.errors import UserError
from vsumlab.methods.registry import check_published
from vsumlab.processes import end_with_parent
from vsumlab.runs.checkpoints import remove_unfinished
from vsumlab.runs.claim import BusyError, DoneError, locked
from vsumlab.runs.fold_record import write_failure
from vsumlab.runs.folder import fold_folder, status, write_whole, writing_all
from vsumlab.runs.ranks import is_first
from vsumlab.runs.record import Origin, this_process
from vsumlab.runs.run_record import check_finished_fold, finish_run, keep_configuration
from vsumlab.terminal import say_done, say_where
from vsumlab.tracking.loggers import log_job
from vsumlab.train import check, set_up_data, train

log = logging.getLogger(__name__)


def run_job(config: DictConfig, origin: Origin | None = None) -> dict[str, float]:
    """Trains and tests the folds that are not done yet, then sums the run up in its folder and in a table.

    Processes that are given the same folder share its folds; the one that finds them all done sums up.

    Args:
        config: The composed configuration, with a folder for `paths.run`; it is not changed.
        origin: Where the configuration comes from, for the record; this process's command unless given.

    Returns:
        The means over folds of what `train` gives; nothing where another process still has a fold.

    Raises:
        UserError: If something that the configuration names is missing or unusable.
        DoneError: If the run is finished.
    """
    check_run(config)
    check_published(config.published)
    if config.paths.run is None:
        raise UserError("paths.run: names no folder: write paths.run=FOLDER")
    run, origin = Path(config.paths.run), origin or this_process()
    setting, dataset = build(config.setting), build(config.data)
    folds = chosen_indices(setting.n_folds(dataset), config.fold)
    if is_first():
        keep_configuration(run, config)
        if status(run) == "done":
            raise DoneError(f"{run}: is finished: choose another folder, or move this one away")
    configs = [changed(config, fold=fold) for fold in folds]
    for each in configs:  # no fold is trained if another one cannot be
        check(each)
        set_up_data(each, build(each.selection))
        check_finished_fold(run, each)
    if config.folds_at_once > 1 and len(folds) > 1:
        run_at_once(configs, origin)
    else:
        for each in configs:
            run_fold(each, origin)
            say_fold(each, folds)
    return sum_up(run, config, origin, folds) if is_first() else {}


def run_fold(config: DictConfig, origin: Origin) -> None:
    """Trains and tests a fold, unless it is done or another process has it; a failure is recorded there.

    Raises:
        Exception: Whatever the training raises.
    """
    folder = fold_folder(Path(config.paths.run), config.fold)
    try:
        train(config, origin)
    except DoneError:
        log.info("%s: done before", folder)
        remove_unfinished(folder)  # where the process that did it was killed just before it could
    except BusyError:
        log.warning("%s: another process is at work there, so it is left to that", folder)
    except Exception as error:
        if is_first() and folder.is_dir():
            with locked(folder) as alone:  # another process may have it by now
                if alone and status(folder) != "done":
                    write_failure(folder, config, origin, error)
        raise


def say_fold(config: DictConfig, folds: Sequence[int]) -> None:
    """Says that a fold is done, if there are several: a run's table comes after the last one."""
    done = [fold for fold in folds if status(fold_folder(Path(config.paths.run), fold)) == "done"]
    if is_first() and len(folds) > 1 and config.fold in done:
        say_done(f"fold {config.fold} is done, {len(done)} of {len(folds)}")


def sum_up(run: Path, config: DictConfig, origin: Origin, folds: Sequence[int]) -> dict[str, float]:
    """Brings finished folds together, prints the run's table and logs the job; once, whoever tries."""
    if any(status(fold_folder(run, fold)) != "done" for fold in folds):
        log.warning("%s: some folds are left to other processes: the last of them sums the run up", run)
        return {}
    with locked(run) as alone, writing_all(run):
        if alone and status(run) != "done":
            from vsumlab.report.contents import run_tables  # pandas, which training can do without
            from vsumlab.report.terminal import as_text, show

            rows = finish_run(run, config, folds)
            tables = run_tables(run)
            show(tables)
            write_whole(run / "table.txt", as_text(tables))
            record = json.loads((run / "run.json").read_text(encoding="utf-8"))
            if len(folds) > 1:  # one fold sums itself up
                log_job(config, ", ".join(origin.changes), run, rows, record["main_scorer"])
            say_where(run)
            return dict(record["metrics"])
    return {}


def run_at_once(configs: Sequence[DictConfig], origin: Origin) -> None:
    """Runs folds in processes of their own, `folds_at_once` at a time, with `threads` or a share of torch's.

    Raises:
        UserError: If a fold failed; the others are run all the same.
    """
    at_once = configs[0].folds_at_once
    share = max(1, torch.get_num_threads() // at_once)
    shared = [changed(each, threads=each.threads or share) for each in configs]
    spawn = multiprocessing.get_context("spawn")  # a fork of a process that has threads may deadlock
    waiting = [
        spawn.Process(target=fold_process, args=(OmegaConf.to_container(each, resolve=True), origin))
        for each in shared
    ]
    started: list[SpawnProcess] = []
    running: list[SpawnProcess] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                started.append(waiting.pop(0))
                started[-1].start()
                running.append(started[-1])
            wait([process.sentinel for process in running])
            for process in [process for process in running if not process.is_alive()]:
                running.remove(process)
                say_fold(configs[started.index(process)], [each.fold for each in configs])
    finally:
        for process in running:
            process.terminate()
    folders = [fold_folder(Path(each.paths.run), each.fold) for each in configs]
    for process, config, folder in zip(started, configs, folders, strict=True):
        if process.exitcode and status(folder) != "done":  # it was killed: it records whatever else there is
            write_failure(folder, config, origin, RuntimeError(f"ended with exit code {process.exitcode}"))
    failed = [folder for folder in folders if status(folder) == "failed"]
    if failed:
        error = json.loads((failed[0] / "run.json").read_text(encoding="utf-8"))["error"]
        raise UserError(f"{', '.join(folder.name for folder in failed)} failed: {error}")


def fold_process(content: Any, origin: Origin) -> None:
    """What the process of one fold does; what goes wrong stands in the fold's folder."""
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, too, and ends this process
    logging.basicConfig(format="vsumlab: %(message)s", level=logging.WARNING)
    logging.getLogger("pytorch_lightning").setLevel(logging.WARNING)  # it has a handler of its own by now
    config = OmegaConf.create(content)
    folder = fold_folder(Path(config.paths.run), config.fold)
    try:
        run_fold(config, origin)
    except Exception as error:
        if status(folder) is None:  # it was refused before it had begun
            write_failure(folder, config, origin, error)
        (folder / "run.log").write_text(traceback.format_exc(), encoding="utf-8")
