"""Several reading processes, which end with the one that started them however that ends."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from vsumlab.errors import UserError
from vsumlab.processes import end_with_parent


@contextmanager
def reading_processes(count: int) -> Iterator[Callable[..., Iterator[Any]]]:
    """A `map` over `count` processes, with its results in order; the built-in one for a single process.

    Raises:
        UserError: One of the processes was killed.
    """
    if count == 1:
        yield map
        return
    # spawned, not forked: forking a process that has threads, as rich's bar and torch have, may deadlock
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_start)
    try:
        yield executor.map
    except BrokenProcessPool as error:
        raise UserError(
            "a reading process was killed, perhaps for want of memory; repeat the command to go on, with "
            "fewer --processes"
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)


def _start() -> None:
    """Leaves Ctrl-C to the main process, and ends this one with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()
