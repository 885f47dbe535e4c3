"""What a terminal is shown while a video is worked on, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from vsumlab.errors import printable

Report = Callable[[float], None]


class Stages:
    """The stages of a video's way, each with a bar; without a terminal, nothing is shown.

    Attributes:
        seconds: How long each took, by name.
    """

    def __init__(self, title: str) -> None:
        self.title = printable(title).replace("[", r"\[")
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: float | None = None) -> Iterator[Report]:
        """A stage.

        Args:
            name: Such as `shots`.
            total: Of what is reported; None where nothing is.

        Yields:
            What is to be called now and then, with how much is done.
        """
        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
        )
        started = time.perf_counter()
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
            bar = bars.add_task(f"{self.title}: {name}", total=total)
            yield lambda done: bars.update(bar, completed=done)
        self.seconds[name] = time.perf_counter() - started
