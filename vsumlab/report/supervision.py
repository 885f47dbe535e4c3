"""Which runs owe something to labels."""

from __future__ import annotations

from collections.abc import Sequence

from vsumlab.places import BASE, cell_folder, own_name
from vsumlab.runs.reading import Run

KINDS = {False: "without labels", True: "with labels"}


def learned_from_labels(runs: Sequence[Run]) -> list[bool]:
    """Whether each run learned from labels, or is built on one that did.

    Records of earlier versions do not say the latter: it is found where that one is among the runs.
    """
    with_labels = {folder_name(run) for run in runs if run.done and is_supervised(run)}
    return [is_supervised(run) or own_name(BASE, run.config.get(BASE)) in with_labels for run in runs]


def is_supervised(run: Run) -> bool:
    """Whether a run learned from labels; records of earlier versions do not say it."""
    return bool(run.record.get("supervised", run.config.get("method.supervised", False)))


def folder_name(run: Run) -> str:
    """What a sweep calls the folder of a run, in that of its experiment."""
    return f"{run.name}/{cell_folder(run.record['overrides'])}"
