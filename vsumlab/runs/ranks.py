"""Several processes of one run: the first one decides, the others follow."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import TypeVar

import pytorch_lightning as pl
import torch
from lightning_fabric.strategies.launchers.subprocess_script import _ChildProcessObserver
from lightning_fabric.utilities.rank_zero import rank_zero_only

from vsumlab.errors import UserError

JOURNAL = "VSUMLAB_DECISIONS"
"""The environment variable by which decisions reach processes that are started after them."""

GRACE_S = 2.0
"""How long a process that was asked to end with another one may take to do so in its own words."""
END_S = 5.0
"""How long one that lost another one in the middle of their work waits for being ended."""

Plain = TypeVar("Plain", bound=str)

_replayed = 0
_at_work_in = Path()  # the run folder, which in a sweep is one after the other


def is_first() -> bool:
    """Whether this is the first process of its run, or the only one."""
    return bool(rank_zero_only.rank == 0)  # type: ignore[attr-defined]


def from_first_process(decide: Callable[[], Plain]) -> Plain:
    """What the first process decides, in all of them.

    Lightning starts the others in the middle of the first one's run, and they repeat the whole command from
    its beginning. What was decided before they started they find in the environment; later decisions come
    through the process group that Lightning has made by then.

    Args:
        decide: Called in the first process alone.
    """
    global _replayed
    journal: list[Plain] = json.loads(os.environ.get(JOURNAL, "[]"))
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        decision = [decide() if is_first() else None]
        try:
            torch.distributed.broadcast_object_list(decision, src=0)
        except RuntimeError:  # another process has ended, which `watch_others` says
            time.sleep(END_S)
            raise
        return decision[0]  # type: ignore[return-value]
    if is_first():
        made = decide()
        os.environ[JOURNAL] = json.dumps([*journal, made])
        return made
    _replayed += 1
    return journal[_replayed - 1]


def watch_others(trainer: pl.Trainer) -> None:
    """Has all processes of a run on this machine end when one of them does, from now on.

    They would wait for each other for ever, or until the group's time is up. Those that something else has
    started, as a cluster's scheduler does, are left to that.
    """
    if trainer.world_size == 1:
        return
    started: list[Popen[bytes]] = getattr(trainer.strategy.launcher, "procs", [])
    if started and trainer.is_global_zero:
        global _at_work_in
        _at_work_in = Path(trainer.default_root_dir).parent
        for thread in threading.enumerate():
            if isinstance(
                thread, _ChildProcessObserver
            ):  # Lightning's kills this process before it can speak
                thread._child_processes = []
        _watch("watch the other processes", lambda: _end_with(started))
    elif not trainer.is_global_zero and "MASTER_PORT" in os.environ:
        parent = os.getppid()
        _watch("watch the first process", lambda: os._exit(1) if os.getppid() != parent else None)


@contextmanager
def ending_together(trainer: pl.Trainer) -> Iterator[None]:
    """Leaves it to `watch_others` to say who ended, where this process fails only for want of another one."""
    try:
        yield
    except Exception as error:
        if trainer.world_size > 1 and not isinstance(error, UserError):
            time.sleep(END_S)
        raise


def _watch(name: str, look: Callable[[], None]) -> None:
    """Looks ten times a second, in a thread of that name, unless there is one."""
    if any(thread.name == name for thread in threading.enumerate()):
        return

    def watch() -> None:
        while True:
            time.sleep(0.1)
            look()

    threading.Thread(target=watch, name=name, daemon=True).start()


def _end_with(started: list[Popen[bytes]]) -> None:
    """Ends this process and those that it has started if one of these has not ended well."""
    codes = [process.poll() for process in started]
    failed = next((rank for rank, code in enumerate(codes, 1) if code), None)
    if failed is None:
        return
    code = codes[failed - 1] or 1
    time.sleep(GRACE_S)  # all of them may have been asked to end, or this one may have a better word for it
    for process in started:
        process.kill()
    print(
        f"vsumlab: process {failed} of the run ended with exit code {code}, so all do: finished folds and "
        f"epochs are kept in {_at_work_in}: the same command goes on",
        file=sys.stderr,
        flush=True,
    )
    os._exit(128 - code if code < 0 else code)  # the first process may wait for one that is gone
