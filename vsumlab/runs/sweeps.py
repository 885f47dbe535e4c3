"""Sweeps: the runs that one is to make, their folders, and which of them failed."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from vsumlab.config import find_conf
from vsumlab.core.plain_files import read_mapping, read_yaml
from vsumlab.errors import UserError, first_line, printable
from vsumlab.places import cell_folder, entry_of, own_overrides
from vsumlab.runs.folder import status
from vsumlab.runs.forms import TEXT, Form, list_of, names_of
from vsumlab.runs.run_record import run_differs
from vsumlab.runs.schema import check_overrides, read_record

SWEPT = Form("text or a number", lambda value: isinstance(value, str | int | float))
"""What a parameter of a sweep may be."""
RUNS = 10_000
"""How many runs a sweep may plan: more would take a report hours to name, and a damaged file may plan any."""


def planned_runs(sweep: Path) -> list[list[str]]:
    """The overrides of every run of a sweep, in order, by the `multirun.yaml` that Hydra leaves there.

    Nothing is planned by a file that says nothing of a sweeper, as another launcher's may, or by a sweeper
    that chooses values as it goes.

    Raises:
        UserError: If the file cannot be understood.
    """
    file = sweep / "multirun.yaml"
    try:
        hydra = (read_yaml(file) or {}).get("hydra")
        return expanded(*asked_of(hydra)) if isinstance(hydra, dict) and plans(hydra.get("sweeper")) else []
    except Exception as error:  # what Hydra's parser raises, too
        raise UserError(f"{file}: not as Hydra leaves it ({first_line(error)}): move it away") from error


def plans(sweeper: Any) -> bool:
    """Whether a sweeper, by its configuration, makes all combinations, rather than choosing as it goes."""
    return bool(sweeper) and str(sweeper.get("_target_", "BasicSweeper")).endswith("BasicSweeper")


def asked_of(hydra: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The parameters of a sweep and the overrides of its command, as they stand in a file.

    Raises:
        ValueError: If they are something else, or would read more than this project's own configuration.
    """
    sweeper, overrides = hydra["sweeper"], hydra.get("overrides") or {}
    params, task = (sweeper.get("params") or {}), (overrides.get("task") or [])
    if not names_of(SWEPT).fits(params) or not list_of(TEXT).fits(task):
        raise ValueError("its sweeper.params or overrides.task are something else")
    swept = [f"{name}={values}" for name, values in params.items()]
    check_overrides([*swept, *task])
    for override in (*swept, *task):
        check_harmless(override)
    return params, task


def check_harmless(override: str) -> None:
    """Refuses an override by which a file would have Hydra import, or read what is not ours to show.

    Raises:
        ValueError: If it is one of Hydra's own settings, names a file of another folder, or calls a resolver,
            such as `oc.env`.
    """
    value = override.partition("=")[2]
    if entry_of(override).startswith("hydra"):
        raise ValueError(f"{printable(override, longest=60)}: a sweep's file sets nothing of Hydra's own")
    if "${" in value and ":" in value.partition("${")[2]:
        raise ValueError(f"{printable(override, longest=60)}: a sweep's file calls no resolver")
    group = entry_of(override).partition("@")[0]
    if "." not in group and (".." in value or value.strip("'\"").startswith("/")):
        raise ValueError(
            f"{printable(override, longest=60)}: a sweep's file chooses no file of another folder"
        )


def runs_of(config: Any) -> list[list[str]]:
    """The overrides of every run of a sweep, as in `planned_runs`, by its configuration with Hydra's own.

    Raises:
        HydraException: If an override cannot be parsed.
    """
    if not plans(OmegaConf.select(config, "hydra.sweeper")):
        return []
    params = OmegaConf.select(config, "hydra.sweeper.params") or {}
    return expanded(params, OmegaConf.select(config, "hydra.overrides.task") or [])


def expanded(params: Mapping[str, Any], task: Sequence[str]) -> list[list[str]]:
    """The overrides of every run, by what is swept over and what else a command said.

    Raises:
        HydraException: If an override cannot be parsed.
        UserError: If there are more runs than anybody makes.
    """
    from hydra._internal.config_loader_impl import ConfigLoaderImpl
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra._internal.utils import create_config_search_path
    from hydra.core.override_parser.overrides_parser import OverridesParser

    swept = [f"{name}={values}" for name, values in params.items()]
    loader = ConfigLoaderImpl(create_config_search_path(str(find_conf())))  # knows what glob(*) is
    parsed = OverridesParser.create(loader).parse_overrides([*swept, *task])
    if any(override.is_sweep_override() and not override.is_discrete_sweep() for override in parsed):
        return []
    planned = math.prod({each.get_key_element(): choices(each) for each in parsed}.values())
    if planned > RUNS:
        raise UserError(f"{planned:.3g} runs are planned: a sweep has at most {RUNS}")
    (batch,) = BasicSweeper.split_arguments(parsed, max_batch_size=None)
    return [list(run) for run in batch]


def choices(override: Any) -> float:
    """How many values an override stands for, without making them; infinite for a range without an end."""
    from hydra.core.override_parser.types import RangeSweep

    if not override.is_sweep_override():
        return 1
    if not isinstance(override._value, RangeSweep):
        return sum(1 for _ in override.sweep_iterator())
    start: Any
    start, stop, step = override._value.start, override._value.stop, override._value.step
    steps = (stop - start) / step if step else math.inf
    return max(0, math.ceil(steps)) if steps <= RUNS else math.inf


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
            if not planned or own_overrides(read_record(file)["overrides"]) in planned:
                failed.append(file.parent)
        elif was_refused(file.parent, planned):
            failed.append(file.parent)
    return failed


def was_refused(run: Path, planned: Collection[frozenset[str]]) -> bool:
    """Whether Hydra was last in the folder of a finished run for a planned one of another configuration."""
    asked = run / ".hydra"
    if not (asked / "overrides.yaml").is_file() or not (run / "config.yaml").is_file():
        return False
    if own_overrides(read_yaml(asked / "overrides.yaml")) not in planned:
        return False
    config = OmegaConf.create(read_mapping(asked / "config.yaml"))  # which this very sweep has just written
    return bool(run_differs(config, run))
