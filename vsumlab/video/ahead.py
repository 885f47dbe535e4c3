"""Work that goes ahead in a thread, while what it made is used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def ahead(items: Iterable[Item], n_waiting: int) -> Iterator[Item]:
    """The same items, made in a thread of their own, of which at most `n_waiting` wait to be used.

    An error in making them is raised here. Where the items are not used to the end, the thread stops.
    """
    waiting: queue.Queue[tuple[Item | None, BaseException | None]] = queue.Queue(n_waiting)
    stopped = threading.Event()

    def put(item: Item | None, error: BaseException | None = None) -> bool:
        while not stopped.is_set():
            try:
                waiting.put((item, error), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put(item):
                    return
            put(None, StopIteration())
        except BaseException as error:  # whatever it is, it is raised where the items are used
            put(None, error)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if isinstance(error, StopIteration):
                return
            if error is not None:
                raise error
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        thread.join()
