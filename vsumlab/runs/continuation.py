"""Where a fold that was stopped goes on: the checkpoint in its folder, if all is as it was begun."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from omegaconf import DictConfig

from vsumlab.config import flattened
from vsumlab.errors import first_line
from vsumlab.places import ELSEWHERE, own_name
from vsumlab.runs.checkpoints import UNFINISHED, is_whole
from vsumlab.runs.folder import unwritten, writing
from vsumlab.runs.record import Origin, environment, sources

log = logging.getLogger(__name__)

STATE = "vsumlab"
"""The entry of a checkpoint with what Lightning does not keep."""


def made_with(config: DictConfig, data: Mapping[str, str], origin: Origin) -> dict[str, Any]:
    """What every epoch of a fold has to be made with: configuration, content of files, code, packages.

    Code is that of this project and the modules of methods and callbacks of one's own.

    Args:
        config: The fold's.
        data: The checksums of the data files, by what they are.
        origin: Where the configuration comes from.

    Returns:
        Plain values by name, as in a flat configuration.
    """
    entries = {
        name: own_name(name, value)
        for name, value in flattened(config).items()
        if not name.startswith(ELSEWHERE)
    }
    contents = {f"{name}: checksum": checksum for name, checksum in data.items()}
    contents |= {f"{target}: checksum": record["sha256"] for target, record in sources(config).items()}
    record = environment(origin)
    versions = {f"versions.{name}": value for name, value in record["versions"].items()}
    code = {f"git.{name}": record["git"][name] for name in ("commit", "changes")}
    return {**entries, **contents, **versions, **code, "vsumlab": record["vsumlab"]}


def go_on_in(folder: Path, conditions: Mapping[str, Any]) -> Path | None:
    """Finds the checkpoint that a fold goes on from, and takes away what else was left there unfinished.

    Args:
        folder: The fold's.
        conditions: What it is made with now, from `made_with`.

    Returns:
        The checkpoint; None where the fold begins anew, in a folder that is not there.

    Raises:
        UserError: If something in the folder cannot be removed.
    """
    if not folder.is_dir():
        return None
    point = next((file for name in UNFINISHED if goes_on(file := folder / name, conditions)), None)
    with writing(folder):
        if point is None:
            shutil.rmtree(folder)
            return None
        for file in (folder / "run.json", folder / "run.log", *unwritten(folder)):
            file.unlink(missing_ok=True)
    log.info("%s: goes on from %s", folder, point.name)  # in the run's log
    return point


def goes_on(file: Path, conditions: Mapping[str, Any]) -> bool:
    """Whether a checkpoint is whole, and all that it was made with is as it is now; if not, it says why."""
    if not file.is_file():
        return False
    try:
        before = kept_state(file)["made_with"]
    except Exception as error:  # torch raises whatever it comes across
        log.warning("%s: cannot be gone on from (%s)", file, first_line(error))
        return False
    for name in sorted(before.keys() | conditions.keys()):
        if before.get(name) != conditions.get(name):
            log.warning(
                "%s: the fold begins anew: %s was %s, is %s",
                file.parent,
                name,
                before.get(name),
                conditions.get(name),
            )
            return False
    return True


def kept_state(file: Path) -> dict[str, Any]:
    """What a checkpoint has under STATE.

    Raises:
        ValueError: If the file is damaged.
        Exception: What torch raises where it is none, or has more in it than tensors and plain Python.
    """
    if not is_whole(file):
        raise ValueError("it is damaged")
    state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True, mmap=True)[STATE]
    return state
