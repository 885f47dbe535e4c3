"""Which files of a data folder are demo datasets, made where they are asked for and not there yet."""

from __future__ import annotations

from pathlib import Path

from vsumlab.data.demo.generator import write_demo

SEEDS = {"demo.h5": 0, "demo_2.h5": 1, "demo_3.h5": 2, "demo_4.h5": 3}
"""The demo dataset and its three siblings, and what each is drawn from."""


def make_demo(path: Path) -> None:
    """Makes a demo dataset; a file of another name is not one, and is left to be found missing.

    Raises:
        UserError: If it cannot be written.
    """
    if path.name in SEEDS:
        write_demo(path, SEEDS[path.name])
