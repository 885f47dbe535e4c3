"""Processes that end with the one that started them, however that ends."""

from __future__ import annotations

import multiprocessing
import os
import threading


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
