"""What a worker does of a sweep: one of its runs, as the main process would do it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

from vsumlab.config import changed
from vsumlab.errors import UserError
from vsumlab.runs.folder import status

LOOK_S = 0.5
"""How often a worker looks whether the main process is there."""


class Outcome(NamedTuple):
    """What a worker's run came to.

    Attributes:
        value: What the task returned.
        said: What it said on standard error, which is the main process's to show.
    """

    value: Any
    said: str


class Task:
    """The task of a sweep's jobs, which is pickled for its workers.

    Attributes:
        threads: How many CPU threads a run computes with, unless its configuration says so.
    """

    def __init__(self, task: Callable[[Any], Any], tied: bool) -> None:
        """Takes a task.

        Args:
            task: What is to be done with a configuration.
            tied: Whether workers on this machine are to end with this process, rather than on their own.
        """
        self.task, self.tied = task, tied
        self.threads: int | None = None
        self._main = (socket.gethostname(), os.getpid())
        self._folder, self._command, self._path = Path.cwd(), list(sys.orig_argv), list(sys.path)

    def __call__(self, config: DictConfig) -> Any:
        """Does a run, and says when it is done; an `Outcome`, unless this is the main process itself."""
        if self._main == (socket.gethostname(), os.getpid()):  # a pool of one is none
            return self.task(config)
        hydra = HydraConfig.get().runtime
        check_one_device(config, f"hydra/launcher={hydra.choices['hydra/launcher']}")  # which may be swept
        self._become_worker()
        if config.threads is None and self.threads:
            config = changed(config, threads=self.threads)
        run = Path(hydra.output_dir)
        before = status(run)
        with captured() as said:
            try:
                value = self.task(config)
            except SystemExit as end:  # a pool would hand it on as the run's error
                if not self.tied:  # nobody else says so
                    print(said.getvalue(), file=sys.__stderr__, end="", flush=True)
                logging.shutdown()
                os._exit(end.code if isinstance(end.code, int) else 1)
        if before != "done" and status(run) == "done":
            print(f"vsumlab: {run.name} is done", file=sys.stderr, flush=True)
        return Outcome(value, said.getvalue())

    def _become_worker(self) -> None:
        """Gives this process the main one's folder, command and modules, and has it end with that one."""
        host, main = self._main
        os.chdir(self._folder)
        sys.orig_argv = self._command  # for the record
        sys.path += [folder for folder in self._path if folder not in sys.path]
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process, interrupted too, ends this one
        lightning = logging.getLogger("pytorch_lightning")  # imported here before there was any other log
        lightning.handlers.clear()
        lightning.propagate = True
        if self.tied and host == socket.gethostname():
            end_with(main)


def check_one_device(config: DictConfig, asked: str) -> None:
    """Refuses a run that would start processes in a worker.

    Raises:
        UserError: Naming what was asked for.
    """
    if str(OmegaConf.select(config, "trainer.devices")) != "1":
        raise UserError(
            f"trainer.devices={config.trainer.devices}: a worker of {asked} takes one device: leave "
            "trainer.devices and trainer=ddp out, or the launcher"
        )


@contextmanager
def captured() -> Iterator[StringIO]:
    """What is said on standard error, by the log as well; what is printed is left out.

    The tables of many runs at once could not be read; each stands in its folder.
    """
    said, real = StringIO(), sys.stderr
    handlers = [each for each in logging.root.handlers if getattr(each, "stream", None) is real]
    try:
        for handler in handlers:
            handler.setStream(said)  # type: ignore[attr-defined]
        with redirect_stdout(StringIO()), redirect_stderr(said):
            yield said
    finally:
        for handler in handlers:
            handler.setStream(real)  # type: ignore[attr-defined]


def end_with(process: int) -> None:
    """Has this process end within a second of another one on this machine, which may have been killed."""
    name = f"watch process {process}"
    if any(thread.name == name for thread in threading.enumerate()):
        return

    def watch() -> None:
        while is_there(process):
            time.sleep(LOOK_S)
        os._exit(1)

    threading.Thread(target=watch, name=name, daemon=True).start()


def is_there(process: int) -> bool:
    """Whether there is such a process on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
