"""How long something takes."""

import statistics
import time
from collections.abc import Callable


def seconds(function: Callable[[], object], rounds: int) -> float:
    """The median after a first call."""
    function()
    measured = []
    for _ in range(rounds):
        started = time.perf_counter()
        function()
        measured.append(time.perf_counter() - started)
    return statistics.median(measured)
