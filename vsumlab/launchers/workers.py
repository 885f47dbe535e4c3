"""Hydra's launchers, with what a sweep needs around them to end as it does in one process."""

from __future__ import annotations

import copy
import pkgutil
import sys
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import torch
from hydra.core.utils import JobReturn, JobStatus
from hydra.plugins.launcher import Launcher
from hydra.types import HydraContext, TaskFunction
from omegaconf import DictConfig, read_write

from vsumlab.errors import UserError, first_line, one_line_errors
from vsumlab.launchers.worker import Outcome, Task
from vsumlab.places import quoted
from vsumlab.processes import one_line_end
from vsumlab.runs.record import this_process

Overrides = Sequence[Sequence[str]]
"""Those of each run of a sweep."""


class Workers(Launcher):
    """A launcher of one of Hydra's plugins, which does runs in other processes.

    Attributes:
        plugin: The plugin's class.
        tied: Whether workers end with the main process.
        left: What is left when that is interrupted.
    """

    plugin: ClassVar[str]
    tied: ClassVar[bool] = True
    left: ClassVar[str] = "finished folds and epochs are kept"

    def __init__(self, **parameters: Any) -> None:
        self.parameters = parameters

    def setup(self, *, hydra_context: HydraContext, task_function: TaskFunction, config: DictConfig) -> None:
        """Makes the plugin's launcher."""
        self.sweep, self.loader = Path(config.hydra.sweep.dir), hydra_context.config_loader
        self.name = str(config.hydra.runtime.choices["hydra/launcher"])
        self.task = Task(task_function, self.tied)
        self.launcher: Any = pkgutil.resolve_name(self.plugin)(**self.parameters)
        self.launcher.setup(
            hydra_context=hydra_context, task_function=self.task, config=in_any_folder(config)
        )

    def launch(self, job_overrides: Overrides, initial_job_idx: int) -> Sequence[JobReturn]:
        """Does runs and shows what they have said, in their order.

        What the launcher itself cannot do ends the command in a line with exit code 2, an interrupt in one
        that says how to go on.
        """
        self.task.threads = self.threads(len(job_overrides))
        going_on = f"{self.left} in {self.sweep}: the same command goes on: {this_process().command}"
        with one_line_errors(), one_line_end(going_on):
            try:
                done = self.work(job_overrides, initial_job_idx)
                for each in done:
                    show(each)
                return done
            except Exception as error:
                raise UserError(
                    f"hydra/launcher={self.name}: {first_line(error)}: what is finished is kept, and the "
                    "same command goes on"
                ) from error

    def work(self, job_overrides: Overrides, initial_job_idx: int) -> Sequence[JobReturn]:
        """Does the runs, by the plugin."""
        done: Sequence[JobReturn] = self.launcher.launch(job_overrides, initial_job_idx)
        return done

    @abstractmethod
    def threads(self, runs: int) -> int | None:
        """How many CPU threads each of so many runs computes with; None: as many as torch takes."""


def in_any_folder(config: DictConfig) -> DictConfig:
    """A sweep's configuration by which its folder is the same one wherever a worker begins."""
    own = copy.deepcopy(config)
    with read_write(own.hydra.overrides.hydra):
        own.hydra.overrides.hydra.append(f"hydra.sweep.dir={quoted(Path(config.hydra.sweep.dir).absolute())}")
    return own


def share(at_once: int, runs: int) -> int:
    """The CPU threads of each run, where this machine's are shared by some of them at once."""
    return max(1, torch.get_num_threads() // min(at_once, runs))


def show(done: JobReturn) -> None:
    """Says what a worker has said, and gives the sweeper what the task has returned.

    Raises:
        Exception: If the worker could not begin.
    """
    if done.status == JobStatus.FAILED:
        raise done._return_value
    outcome = done.return_value
    if isinstance(outcome, Outcome):
        print(outcome.said, file=sys.stderr, end="", flush=True)
        done.return_value = outcome.value


class Joblib(Workers):
    """All cores of this machine."""

    plugin = "hydra_plugins.hydra_joblib_launcher.joblib_launcher.JoblibLauncher"

    def threads(self, runs: int) -> int:
        """A share of this machine's."""
        from joblib import effective_n_jobs  # type: ignore[import-untyped]

        return share(int(effective_n_jobs(self.parameters["n_jobs"])), runs)
