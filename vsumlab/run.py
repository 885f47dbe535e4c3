"""Trains and tests a method: `vsumlab run experiment=csnet_canonical`, or `python -m vsumlab.run …`."""

from __future__ import annotations

import json
import logging
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.errors import ConfigCompositionException, OverrideParseException, SearchPathException
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from vsumlab.checks import check_choices, check_optimized
from vsumlab.config import changed, find_conf, find_groups
from vsumlab.errors import UserError, first_line, one_line_errors
from vsumlab.help.choices import list_choices
from vsumlab.help.parameters import list_parameters
from vsumlab.launchers.search import direction_of
from vsumlab.places import quoted
from vsumlab.plugins import store_plugins
from vsumlab.processes import one_line_end
from vsumlab.suggestions import meant

log = logging.getLogger(__name__)

REFUSALS = (ConfigCompositionException, OverrideParseException, SearchPathException)
"""What Hydra raises where a command line is wrong."""

# of conf/hydra: its sweeper's, and the template of --help
OmegaConf.register_new_resolver("direction_of", direction_of, replace=True)
OmegaConf.register_new_resolver("choices", list_choices, replace=True)
OmegaConf.register_new_resolver("parameters", list_parameters, replace=True)


@contextmanager
def refused() -> Iterator[None]:
    """Ends a command line that Hydra refuses with what may have been meant, and exit code 2."""
    try:
        yield
        return
    except REFUSALS as error:  # of --help and --info, which Hydra leaves to its caller
        if os.environ.get("HYDRA_FULL_ERROR") == "1":
            raise
        print(error, file=sys.stderr)
        refusal: BaseException = error
    except SystemExit as end:
        if not isinstance(end.__context__, REFUSALS):
            raise
        refusal = end.__context__  # which Hydra has printed
    suggested = meant(refusal, sys.argv[1:], find_groups())
    if suggested:
        print(f"vsumlab: did you mean {suggested}?", file=sys.stderr)
    sys.exit(2)


@hydra.main(version_base="1.3", config_path=str(find_conf()), config_name="config")
def job(config: DictConfig) -> float | None:
    """One job of the command line.

    Returns:
        The metric that `optimized_metric` names, for a sweeper that searches.
    """
    run = Path(HydraConfig.get().runtime.output_dir)
    config = changed(config, paths__run=str(run))
    with one_line_end(partial(going_on, run)):
        if HydraConfig.get().mode == RunMode.MULTIRUN:
            return run_cell(config, run)
        try:
            return run_alone(config)
        except Exception:
            log.info("the run failed", exc_info=True)  # for the run folder's log, not for the screen
            raise


def going_on(run: Path) -> str:
    """What is left of a run that is stopped, and the command that goes on."""
    from vsumlab.runs.record import this_process

    kept = "finished folds and epochs are kept in"
    if HydraConfig.get().mode == RunMode.MULTIRUN:
        return f"{kept} {from_here(run.parent)}: the same command goes on: {this_process().command}"
    by_name = f", or vsumlab run resume={shlex.quote(str(from_here(run)))}" if can_be_named(run) else ""
    return f"{kept} {from_here(run)}: the same command goes on{by_name}"


def can_be_named(run: Path) -> bool:
    """Whether `resume=RUN` goes on with a run, which knows no folders of configuration besides ours."""
    from vsumlab.runs.begun import begun_with

    if any(each.startswith(("--config-dir", "-cd")) for each in sys.argv):
        return False
    try:
        begun_with(run)
    except UserError:
        return False
    return True


def from_here(path: Path) -> Path:
    """A path as it is written in the current folder, where it lies in that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def resumed(arguments: list[str]) -> list[str]:
    """The arguments with what a run was begun with in the place of `resume=RUN`, if that is among them.

    Raises:
        UserError: If there is no such run, or it is not one that can be gone on with in this way.
    """
    named = [each for each in arguments if each.startswith("resume=")]
    if not named:
        return arguments
    from vsumlab.runs.begun import begun_with

    run = Path(named[-1].removeprefix("resume="))
    if {"-m", "--multirun"} & {*arguments}:
        raise UserError(f"{named[-1]}: a sweep goes on by its own command: leave resume= out")
    folder = f"hydra.run.dir={quoted(run.resolve())}"
    alone = ("hydra.mode=RUN", folder)  # also where an experiment is a sweep
    return [*begun_with(run), *alone, *(each for each in arguments if each not in named)]


def run_alone(config: DictConfig) -> float | None:
    """A run, and the metric that a search goes by.

    Raises:
        UserError: If that is one of test videos, or one that the run does not have.
    """
    from vsumlab.job import run_job  # after Hydra has answered --help and refused misspelt overrides

    name = config.optimized_metric
    check_optimized(name)
    metrics = run_job(config)
    if name is None or not metrics:
        return None
    if name not in metrics:
        had = ", ".join(each for each in metrics if each.startswith("validation/")) or "none"
        raise UserError(f"optimized_metric={name}: the run has {had}: add selection=validation")
    return metrics[name]


def run_cell(config: DictConfig, run: Path) -> float | None:
    """A run of a sweep: once it is done it is not run again, and where it fails the others go on."""
    from vsumlab.runs.claim import DoneError
    from vsumlab.runs.fold_record import write_failure
    from vsumlab.runs.folder import status
    from vsumlab.runs.record import this_process

    try:
        return run_alone(config)
    except DoneError:
        log.warning("%s: done before", run)
        return recorded_metric(run, config.optimized_metric)
    except Exception as error:
        log.info("the run failed", exc_info=True)
        if "LOCAL_RANK" in os.environ:  # the other processes are somewhere in this run: none can go on
            raise
        print(f"vsumlab: {run.name}: {first_line(error)}", file=sys.stderr)
        if status(run) != "done":
            write_failure(run, config, this_process(), error)
    return None


def recorded_metric(run: Path, name: str | None) -> float | None:
    """What a finished run came to by the metric that a search goes by."""
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    metrics: dict[str, float] = record.get("metrics", {})
    return metrics.get(name) if name else None


def main() -> None:
    """The command line."""
    logging.raiseExceptions = False  # where the disk is full, it is not the log's to say so
    with one_line_end("the same command begins anew"), one_line_errors(), refused():
        sys.argv[1:] = resumed(sys.argv[1:])
        check_choices(sys.argv[1:])
        store_plugins(find_conf())
        job()


if __name__ == "__main__":
    main()
