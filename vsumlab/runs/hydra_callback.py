"""What Hydra calls before and after a run or a sweep, to say in one line what is wrong."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.core.utils import JobReturn, JobStatus
from hydra.experimental.callback import Callback
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from vsumlab.checks import check_name, check_paths, check_run
from vsumlab.config import check_package, check_references, flattened
from vsumlab.credentials import as_entries, asked_in, check_no_credentials
from vsumlab.errors import CodeError, UserError, one_line_errors
from vsumlab.runs.folder import status, writing
from vsumlab.runs.run_record import run_differs
from vsumlab.runs.sweeps import check_folders, failed_runs, runs_of

ROOM = 2**15
"""More bytes than Hydra writes of a run."""


class RunFolder(Callback):
    """Makes the run folder before Hydra does, to say why it cannot be made, and ends runs and sweeps.

    Hydra has one of these for a whole command.
    """

    def __init__(self) -> None:
        self._made = False  # whether this command made the run's folder, rather than finding it there
        self._above: list[Path] = []  # the folders above it that it made, the lowest first

    def on_run_start(self, config: DictConfig, **_: Any) -> None:
        """Before a single run: goes on in the folder of an unfinished one of the same configuration."""
        HydraConfig.instance().set_config(config)  # the folder's name may depend on what was chosen
        with one_line_errors():
            check_package(job_of(config))
            check_references(job_of(config))
            check_run(job_of(config))
            check_no_credentials(as_entries(flattened(job_of(config)).items()))
            unfinished = find_unfinished(config)
            if unfinished:
                print(f"vsumlab: going on with the unfinished run in {unfinished}", file=sys.stderr)
                with read_write(config.hydra):
                    config.hydra.run.dir = str(unfinished)
            run = Path(config.hydra.run.dir)
            self._above = [folder for folder in run.parents if not folder.exists()]
            self._made = make_folder(run)

    def on_multirun_start(self, config: DictConfig, **_: Any) -> None:
        """Before a sweep."""
        HydraConfig.instance().set_config(config)
        with one_line_errors():
            check_no_credentials(asked_in(config.hydra))
            check_package(job_of(config))
            check_references(config.hydra.sweep)
            check_name(config.get("name"))
            check_paths(config.paths, "runs", prefix="paths.")
            check_folders(runs_of(config))
            make_folder(Path(config.hydra.sweep.dir))

    def on_job_end(self, config: DictConfig, job_return: JobReturn, **_: Any) -> None:
        """After a single run: an error that a user can mend is one line, and exit code 2."""
        hydra = HydraConfig.get()
        if hydra.mode == RunMode.MULTIRUN or job_return.status != JobStatus.FAILED:
            return
        error = job_return._return_value
        if isinstance(error, UserError):
            if self._made and not isinstance(error, CodeError):
                run = Path(hydra.runtime.output_dir)
                remove_refused(run, f"{hydra.job.name}.log", str(hydra.output_subdir), self._above)
            if os.environ.get("HYDRA_FULL_ERROR") != "1":  # else Hydra raises it
                with one_line_errors():
                    raise error

    def on_multirun_end(self, config: DictConfig, **_: Any) -> None:
        """After a sweep: says which runs failed, by what stands in their folders."""
        with one_line_errors():
            failed = failed_runs(Path(config.hydra.sweep.dir))
        if failed:
            folders = ", ".join(map(str, failed))
            print(
                f"vsumlab: {len(failed)} of the sweep's runs failed: see run.log in {folders}; the "
                "same command runs them again",
                file=sys.stderr,
            )
            sys.exit(2)  # Hydra would make a warning of an exception


def make_folder(folder: Path) -> bool:
    """Makes a folder for a run, unless it is there, with room for what Hydra writes into it.

    Returns:
        Whether it was not there.

    Raises:
        UserError: If it cannot be made, or nothing can be written there.
    """
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir()
            made = True
        except FileExistsError:
            if not folder.is_dir():
                raise
            made = False
        room = folder / f".room.{os.getpid()}"
        try:
            room.write_bytes(bytes(ROOM))
        except OSError:
            if made:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            room.unlink(missing_ok=True)
    return made


def job_of(config: DictConfig) -> DictConfig:
    """What a run is configured with, without what Hydra is."""
    return OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])


def find_unfinished(config: DictConfig) -> Path | None:
    """The newest folder next to where the run would go that has begun the very same run, if there is any.

    None where the command line names the folder.
    """
    if any(override.startswith("hydra.run.dir=") for override in config.hydra.overrides.hydra):
        return None
    job = job_of(config)
    with open_dict(job):
        for file in sorted(Path(config.hydra.run.dir).parent.glob("*/config.yaml"), reverse=True):
            begun = file.parent
            if status(begun) is None and not run_differs(job, begun):
                return begun
    return None


def remove_refused(run: Path, log_name: str, output_subdir: str, above: Sequence[Path] = ()) -> None:
    """Removes the folder of a run that was refused, if only Hydra and the first steps have written there.

    Args:
        run: The folder.
        log_name: Of Hydra's log in it.
        output_subdir: Hydra's folder in it.
        above: Folders above it that go as well if they are empty then, the lowest first.
    """
    own = {run / log_name, run / "config.yaml"}
    files = (path for path in run.rglob("*") if not path.is_dir())
    if all(
        path in own or path.parent == run / output_subdir or path.name.endswith(".running") for path in files
    ):
        shutil.rmtree(run, ignore_errors=True)
        with suppress(OSError):  # what somebody else has put something into stays
            for folder in above:
                folder.rmdir()
