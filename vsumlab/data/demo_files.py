"""Which files of a data folder are demo datasets, made where they are asked for and not there yet."""

from __future__ import annotations

from pathlib import Path

from vsumlab.data.demo import write_demo
from vsumlab.data.demo_youtube8m import write_demo_youtube8m

SEEDS = {"demo.h5": 0, "demo_2.h5": 1, "demo_3.h5": 2, "demo_4.h5": 3}
"""The demo dataset and its three siblings, and what each is drawn from."""
DEMO_YOUTUBE8M = "demo_youtube8m.h5"


def is_demo(file: Path) -> bool:
    """Whether a file, by its name alone, is a demo dataset."""
    return str(file) in {*SEEDS, DEMO_YOUTUBE8M}


def make_demo(path: Path) -> None:
    """Makes a demo dataset unless it is there.

    Raises:
        UserError: If it cannot be written.
    """
    if not path.is_file() and path.name in SEEDS:
        write_demo(path, SEEDS[path.name])
    elif not path.is_file():
        write_demo_youtube8m(path)
