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
from vsumlab.errors import UserError, first_line
from vsumlab.places import ELSEWHERE, own_name
from vsumlab.runs.checkpoints import UNFINISHED, is_whole
from vsumlab.runs.folder import status, writing
from vsumlab.runs.plain_files import read_yaml
from vsumlab.runs.record import Origin, environment, file_record

log = logging.getLogger(__name__)

STATE = "vsumlab"
"""The entry of a checkpoint with what Lightning does not keep."""


def made_with(config: DictConfig, files: Mapping[str, Path], origin: Origin) -> dict[str, Any]:
    """What every epoch of a fold has to be made with: configuration, content of files, code, packages.

    Args:
        config: The fold's.
        files: The data files, by what they are.
        origin: Where the configuration comes from.

    Returns:
        Plain values by name, as in a flat configuration.
    """
    entries = {
        name: own_name(name, value)
        for name, value in flattened(config).items()
        if not name.startswith(ELSEWHERE)
    }
    contents = {f"{name}: checksum": file_record(path)["sha256"] for name, path in files.items()}
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
        (folder / "run.json").unlink(missing_ok=True)
        for file in folder.glob(".*"):  # what a process that was killed had not written to its end
            file.unlink()
    return point


def goes_on(file: Path, conditions: Mapping[str, Any]) -> bool:
    """Whether a checkpoint is whole, and all that it was made with is as it is now; if not, it says why."""
    if not file.is_file():
        return False
    before = kept_state(file).get("made_with") if is_whole(file) else None
    if before is None:
        log.warning("%s: is damaged, so it is left", file)
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
    """What a checkpoint has under STATE; nothing where it has none or cannot be read."""
    try:
        state: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=True, mmap=True)[STATE]
    except Exception:  # torch raises whatever it comes across
        return {}
    return state


def begun_with(run: Path) -> list[str]:
    """The overrides that an unfinished run was begun with.

    Raises:
        UserError: If it is none, or its overrides name code that is not this package's, which is left to who
            gives the run's own command.
    """
    file = run / ".hydra" / "overrides.yaml"
    if not run.is_dir():
        raise UserError(f"{run}: no such folder: name one of an unfinished run")
    if status(run) == "done":
        raise UserError(f"{run}: is finished: give its command without resume= for another run")
    try:
        overrides: Any = read_yaml(file)
    except (OSError, ValueError) as error:
        raise UserError(
            f"{file}: cannot be read ({first_line(error)}): give the run's own command"
        ) from error
    if not isinstance(overrides, list) or not all(isinstance(each, str) for each in overrides):
        raise UserError(f"{file}: holds no overrides: give the run's own command")
    for each in overrides:
        entry, _, value = each.lstrip("+~").partition("=")
        if entry.startswith("hydra") or (entry.endswith("_target_") and not value.startswith("vsumlab.")):
            raise UserError(f"{file}: has {each}, which resume= does not do: give the run's own command")
    return overrides
