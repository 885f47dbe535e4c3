"""Sweeps: the runs that one is to make, their folders, and which of them failed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from vsumlab.config import find_conf
from vsumlab.errors import UserError
from vsumlab.places import cell_folder, own_overrides
from vsumlab.runs.folder import status
from vsumlab.runs.run_record import run_differs


def planned_runs(sweep: Path) -> list[list[str]]:
    """The overrides of every run of a sweep, in order, by the `multirun.yaml` that Hydra leaves there.

    Nothing is planned by a file that says nothing of a sweeper, as another launcher's may, or by a sweeper
    that chooses values as it goes.

    Raises:
        UserError: If the file cannot be understood.
    """
    file = sweep / "multirun.yaml"
    try:
        return runs_of(OmegaConf.load(file))
    except Exception as error:  # what YAML, OmegaConf and Hydra's parser each raise
        reason = str(error).splitlines()[0]
        raise UserError(f"{file}: not as Hydra leaves it ({reason}): move it away") from error


def runs_of(config: Any) -> list[list[str]]:
    """The overrides of every run of a sweep, as in `planned_runs`, by its configuration with Hydra's own.

    Raises:
        HydraException: If an override cannot be parsed.
    """
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra._internal.utils import create_config_search_path
    from hydra.core.override_parser.overrides_parser import OverridesParser

    params = OmegaConf.select(config, "hydra.sweeper.params") or {}
    task = OmegaConf.select(config, "hydra.overrides.task") or []
    if OmegaConf.select(config, "hydra.sweeper") is None:
        return []
    swept = [f"{name}={values}" for name, values in params.items()]
    loader = ConfigLoaderImpl(create_config_search_path(str(find_conf())))  # knows what glob(*) is
    parsed = OverridesParser.create(loader).parse_overrides([*swept, *task])
    if any(override.is_sweep_override() and not override.is_discrete_sweep() for override in parsed):
        return []
    (batch,) = BasicSweeper.split_arguments(parsed, max_batch_size=None)
    return [list(run) for run in batch]


def check_folders(runs: Sequence[Sequence[str]]) -> None:
    """Refuses a sweep in which two runs would have one folder: the second would be taken for done.

    Args:
        runs: The overrides of each.

    Raises:
        UserError: If runs differ only in where things are or how they are computed.
    """
    first: dict[str, Sequence[str]] = {}
    for overrides in runs:
        other = first.setdefault(cell_folder(overrides), overrides)
        if differ := sorted(set(overrides) ^ set(other)):
            raise UserError(
                f"{' '.join(differ)}: make no two runs of a sweep, since they change no figure by more than "
                "its rounding, or name files of one name: give a command for each, with its hydra.sweep.dir="
            )


def failed_runs(sweep: Path) -> list[Path]:
    """The folders of a sweep's planned runs that failed, or that hold the run of another configuration.

    Where nothing is planned, of all runs.
    """
    planned = {own_overrides(overrides) for overrides in planned_runs(sweep)}
    failed = []
    for file in sorted(sweep.glob("*/run.json")):
        if status(file.parent) == "failed":
            record = json.loads(file.read_text(encoding="utf-8"))
            if not planned or own_overrides(record["overrides"]) in planned:
                failed.append(file.parent)
        elif was_refused(file.parent, planned):
            failed.append(file.parent)
    return failed


def was_refused(run: Path, planned: Collection[frozenset[str]]) -> bool:
    """Whether Hydra was last in the folder of a finished run for a planned one of another configuration."""
    asked = run / ".hydra"
    if not (asked / "overrides.yaml").is_file() or not (run / "config.yaml").is_file():
        return False
    overrides: Any = OmegaConf.load(asked / "overrides.yaml")
    config = OmegaConf.load(asked / "config.yaml")
    assert isinstance(config, DictConfig)
    return own_overrides(overrides) in planned and bool(run_differs(config, run))
