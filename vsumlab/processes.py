"""How processes end: with a line and the exit code of shells, and with the one that started them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

LATEST_S = 15.0
"""How long a process that is to end may take to do so in its own words."""


class Terminated(SystemExit):
    """A scheduler's SIGTERM."""


class Ended(SystemExit):
    """The end of an interrupted or terminated process, once its line is printed."""


def terminate(number: int, frame: FrameType | None) -> NoReturn:
    """Raises `Terminated`; Lightning's own handler, which would end with exit code 0, calls it as well."""
    raise Terminated(143)


@contextmanager
def one_line_end(
    said: str | Callable[[], str] = "finished folds are kept, and the same command goes on",
) -> Iterator[None]:
    """Ends an interrupted or terminated process with a line, and exit code 130 or 143, as shells do.

    Args:
        said: What the line says of what is left, or how to find that out then; where such blocks lie in each
            other, the inner one says it.
    """
    handler = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    except Ended:
        raise
    except (KeyboardInterrupt, SystemExit) as stop:
        # Lightning turns an interrupt of training into a SystemExit
        causes = (stop, stop.__context__)
        if any(isinstance(cause, KeyboardInterrupt) for cause in causes):
            word, code = "interrupted", 130
        elif any(isinstance(cause, Terminated) for cause in causes):
            word, code = "terminated", 143
        else:
            raise
        _say(f"{word}: {said() if callable(said) else said}")
        raise Ended(code) from None
    finally:
        signal.signal(signal.SIGTERM, handler)


def end_with_parent() -> None:
    """Has this process end when its parent is gone: a killed parent cannot end it.

    A pool's processes would wait for work for ever: each of them holds the writing end of the queue, too, so
    none sees its end (https://github.com/python/cpython/issues/111873).
    """
    threading.Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
    os._exit(1)


def end_though_it_waits(seconds: float = LATEST_S) -> None:
    """Has a terminated or interrupted process end so long after, though a library keeps it waiting.

    Python calls its handlers only when the library is back, which in one of several processes may be never.
    """
    before = signal.set_wakeup_fd(-1)
    if before != -1:  # it is said already, or something else listens
        signal.set_wakeup_fd(before)
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)  # the system writes to it at once
    threading.Thread(target=_end_late, args=(reading, seconds), daemon=True).start()


def _end_late(reading: int, seconds: float) -> None:
    number = 0
    while number not in (signal.SIGINT, signal.SIGTERM):
        number = os.read(reading, 1)[0]
    time.sleep(seconds)
    word = "interrupted" if number == signal.SIGINT else "terminated"
    _say(f"{word} while it waited: finished folds and epochs are kept, and the same command goes on")
    os._exit(128 + number)


def _say(line: str) -> None:
    """Says it on standard error, in the first of several processes."""
    if os.environ.get("LOCAL_RANK", "0") == "0":
        print(f"vsumlab: {line}", file=sys.stderr, flush=True)
