"""Which runs owe something to labels."""

from __future__ import annotations

from collections.abc import Sequence

from vsumlab.places import BASE, cell_folder, own_name
from vsumlab.runs.reading import Run

KINDS = {False: "without labels", True: "with labels"}


def with_labels_of_bases(runs: Sequence[Run]) -> list[Run]:
    """Runs, of which those that are built on one with labels are recorded as having learned from labels, too.

    Records of earlier versions do not say so: it is found where that one is among the runs.
    """
    done = [run for run in runs if run.done and is_supervised(run)]
    places = {folder_name(run) for run in done}
    places |= {own_name(BASE, str(run.folder)) for run in done if run.folder}
    return [
        run._replace(record=run.record | {"supervised": True})
        if run.done and own_name(BASE, run.config.get(BASE)) in places
        else run
        for run in runs
    ]


def is_supervised(run: Run) -> bool:
    """Whether a run learned from labels; records of earlier versions do not say it."""
    return bool(run.record.get("supervised", run.config.get("method.supervised", False)))


def folder_name(run: Run) -> str:
    """What a sweep calls the folder of a run, in that of its experiment."""
    return f"{run.name}/{cell_folder(run.record['overrides'])}"
