"""Trains and tests a method: `python -m vsumlab.run experiment=csnet_canonical`."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import hydra
from hydra.core.hydra_config import HydraConfig
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

from vsumlab.config import find_conf
from vsumlab.errors import UserError, one_line_errors

log = logging.getLogger(__name__)


class RunFolder(Callback):
    """Makes the run folder before Hydra does, to say in one line why it cannot be made; ends a sweep.

    Attributes:
        made: Whether this process made the folder of its run or sweep, rather than finding it there.
        failed: The folders of a sweep's runs that failed.
    """

    made: ClassVar[bool] = False
    failed: ClassVar[list[Path]] = []

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """Before a single run."""
        HydraConfig.instance().set_config(config)  # the folder's name may depend on what was chosen
        with one_line_errors():
            RunFolder.made = make_folder(Path(config.hydra.run.dir))

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Before a sweep."""
        HydraConfig.instance().set_config(config)
        RunFolder.failed.clear()
        with one_line_errors():
            make_folder(Path(config.hydra.sweep.dir))

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """After a sweep: says which runs failed."""
        if RunFolder.failed:
            folders = ", ".join(map(str, RunFolder.failed))
            print(
                f"vsumlab: {len(RunFolder.failed)} of the sweep's runs failed: see run.log in {folders}; the "
                "same command runs them again",
                file=sys.stderr,
            )
            sys.exit(2)  # Hydra would make a warning of an exception


def cell_folder(overrides: str) -> str:
    """The name of a sweep's run in the sweep's folder, from Hydra's `override_dirname`.

    It does not depend on the place in the sweep, so that a longer sweep finds what a shorter one has run.
    """
    name = overrides.replace("/", "-") or "default"
    if len(name.encode()) > 200:  # file systems take 255 bytes
        name = f"{name[:150]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name


OmegaConf.register_new_resolver("cell_folder", cell_folder, replace=True)


def make_folder(folder: Path) -> bool:
    """Makes a folder for a run, unless it is there.

    Returns:
        Whether it was not there.

    Raises:
        UserError: If it cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        return True
    except FileExistsError as error:
        if folder.is_dir():
            return False
        reason = error.strerror
    except OSError as error:
        reason = error.strerror
    raise UserError(
        f"{folder}: the run folder cannot be made ({reason}): choose another place with paths.runs=FOLDER"
    )


def remove_refused(run: Path) -> None:
    """Removes the folder of a run that was refused, if the run made it and only Hydra has written there."""
    import vsumlab.run  # as Hydra imports it: under `python -m` this module is another, `__main__`

    hydra_cfg = HydraConfig.get()
    log_file = run / f"{hydra_cfg.job.name}.log"
    outputs = run / str(hydra_cfg.output_subdir)
    files = (path for path in run.rglob("*") if not path.is_dir())
    if vsumlab.run.RunFolder.made and all(path == log_file or path.parent == outputs for path in files):
        shutil.rmtree(run, ignore_errors=True)


@contextmanager
def one_line_interrupt() -> Iterator[None]:
    """Ends a process that was interrupted with a line and exit code 130, as shells do."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as stop:
        # Lightning turns an interrupt of training into a SystemExit
        if not any(isinstance(cause, KeyboardInterrupt) for cause in (stop, stop.__context__)):
            raise
        if os.environ.get("LOCAL_RANK", "0") == "0":  # of several processes, the first
            print("vsumlab: interrupted: a run folder without run.json is not finished", file=sys.stderr)
        sys.exit(130)


@hydra.main(version_base="1.3", config_path=str(find_conf()), config_name="config")
def main(config: DictConfig) -> None:
    """One job of the command line."""
    # features lie in a file that is read faster than workers would start; Lightning's own use of torch
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*treespec.*")
    with one_line_errors():
        if HydraConfig.get().mode == RunMode.MULTIRUN:
            run_cell(config)
        else:
            run_alone(config)


def run_alone(config: DictConfig) -> None:
    """A single run."""
    from vsumlab.train import train  # after Hydra has answered --help and refused misspelt overrides

    try:
        train(config)
    except Exception as error:
        log.info("the run failed", exc_info=True)  # for the run folder's log, not for the screen
        if isinstance(error, UserError):
            remove_refused(Path(config.paths.run))
        raise


def run_cell(config: DictConfig) -> None:
    """A run of a sweep: once it is done it is not run again, and where it fails the others go on."""
    import vsumlab.run  # as Hydra imports it: under `python -m` this module is another, `__main__`
    from vsumlab.results.claim import BusyError, is_done, status
    from vsumlab.results.run_folder import write_failure
    from vsumlab.train import train

    run = Path(config.paths.run)
    try:
        if is_done(run, config):
            log.warning("%s: done before", run)
            return
        train(config)
    except BusyError:
        log.warning("%s: another process is at work there, so it is left to that", run)
    except Exception as error:
        log.info("the run failed", exc_info=True)
        if "LOCAL_RANK" in os.environ:  # the other processes are somewhere in this run: none can go on
            raise
        print(f"vsumlab: {run.name}: {error}", file=sys.stderr)
        vsumlab.run.RunFolder.failed.append(run)
        if status(run) != "done":
            write_failure(run, config, error)


if __name__ == "__main__":
    with one_line_interrupt():
        main()
