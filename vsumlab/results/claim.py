"""Who is at work in a run folder, and whether what is there is done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from lightning_fabric.utilities.rank_zero import rank_zero_only
from omegaconf import DictConfig, OmegaConf

from vsumlab.errors import UserError


class BusyError(UserError):
    """Another process is at work in the run folder."""


def status(run: Path) -> str | None:
    """What a run folder's `run.json` says: done, failed, or nothing where there is none."""
    path = run / "run.json"
    return json.loads(path.read_text(encoding="utf-8"))["status"] if path.exists() else None


def is_done(run: Path, config: DictConfig) -> bool:
    """Whether a run folder holds a finished run of this very configuration.

    Raises:
        UserError: If it holds a finished run of another one.
    """
    if status(run) != "done":
        return False
    ours, theirs = comparable(config), comparable(OmegaConf.load(run / "config.yaml"))
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            raise UserError(
                f"{run}: holds a finished run of another configuration ({name}: {theirs.get(name)}, now "
                f"{ours.get(name)}): choose another folder with paths.runs=FOLDER, or move this one away"
            )
    return True


def comparable(config: Any) -> dict[str, Any]:
    """A configuration, flat and resolved, without where its results go."""
    plain = OmegaConf.to_container(config, resolve=True)
    return {name: value for name, value in flat(plain) if name not in ("paths.run", "paths.runs")}


def flat(node: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested mappings, with their dotted names."""
    for name, value in node.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


@contextmanager
def claimed(run: Path) -> Iterator[None]:
    """Keeps a run folder to this process, so that no other writes over it; a process that dies lets go.

    Folds that a run left without finishing are removed: they are run again.

    Raises:
        BusyError: If another process has it.
        UserError: If the folder holds a finished run.
    """
    if rank_zero_only.rank != 0:  # type: ignore[attr-defined]
        yield
        return
    run.mkdir(parents=True, exist_ok=True)
    claim = run / ".running"
    abandoned = claim.exists() or status(run) == "failed"
    lock = FileLock(claim)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BusyError(f"{run}: another run is at work there: choose another folder") from error
    try:
        if status(run) == "done":
            raise UserError(f"{run}: holds a finished run: choose another folder, or move this one away")
        for folder in run.glob("fold_*") if abandoned else ():
            shutil.rmtree(folder)
        yield
    except (KeyboardInterrupt, SystemExit):
        lock.release()
        claim.touch()  # says to the next one that a fold was not finished
        raise
    except BaseException:
        claim.unlink(missing_ok=True)
        raise
    else:
        claim.unlink(missing_ok=True)
    finally:
        lock.release()
