"""What is shown of long work: a bar in a terminal, elsewhere a line for what is done."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track as rich_track

Item = TypeVar("Item")


def track(items: Sequence[Item], description: str) -> Iterable[Item]:
    """The items, under a bar where there are several; silent where standard error is no terminal."""
    console = Console(stderr=True)
    silent = len(items) < 2 or not console.is_terminal
    return items if silent else rich_track(items, description, console=console, transient=True)


def say_done(what: str) -> None:
    """Says that a part of long work is done, on standard error; in a terminal a bar does."""
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"vsumlab: {what}", soft_wrap=True, markup=False, highlight=False)


def say_where(*folders: Path) -> None:
    """Prints where runs are, and how they are put next to others."""
    console = Console()
    for folder in folders:
        console.print(f"run folder: {folder}", soft_wrap=True, markup=False, highlight=False)
    named = " ".join(shlex.quote(str(folder)) for folder in folders)
    console.print(f"next to others: vsumlab report {named} …", soft_wrap=True, markup=False, highlight=False)
