"""What a run folder holds: what is read from one is checked here once, and all that comes after relies on it.

What earlier versions wrote fits as well: an entry that they lack may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsumlab.core.plain_files import read_json
from vsumlab.errors import UserError, first_line, printable
from vsumlab.places import BASE, own_overrides
from vsumlab.runs.forms import (
    COUNT,
    FLAG,
    NAME,
    PLAIN,
    TEXT,
    TIME,
    Form,
    entries,
    list_of,
    maybe,
    names_of,
    one_of,
    whole,
)

FILE = entries({"sha256": TEXT}, {"file": TEXT})
"""A file that a run depends on."""

RECORD: Mapping[str, Form] = {
    "status": one_of("done", "failed", "not run"),
    "error": TEXT,
    "name": NAME,
    "command": TEXT,
    "overrides": list_of(TEXT),
    "working_directory": TEXT,
    "git": entries(
        {"commit": maybe(TEXT), "dirty": maybe(FLAG)},
        {"changes": maybe(TEXT), "commits": list_of(maybe(TEXT))},
    ),
    "versions": names_of(TEXT),
    "machine": entries({"torch_threads": whole(1, 10**6), "gpu": maybe(TEXT)}),
    "seed": COUNT,
    "fold": PLAIN,
    "folds": names_of(names_of(list_of(TEXT))),
    "started": TEXT,
    "wall_time_s": TIME,
    "cpu_time_s": TIME,
    "data": maybe(FILE),
    "annotations": maybe(FILE),
    "splits": maybe(FILE),
    "trained_on": names_of(FILE),
    "method_files": names_of(FILE),
    "sources": names_of(FILE),
    "checkpoints": names_of(names_of(TEXT)),
    "dataset": entries({"name": NAME, "headline": one_of("mean", "max"), "remark": TEXT}),
    "setting": NAME,
    "published": maybe(NAME),
    "selection": NAME,
    "remarks": list_of(TEXT),
    "chosen_epochs": names_of(names_of(COUNT)),
    "main_scorer": NAME,
    "supervised": FLAG,
    "parameters": COUNT,
    "unfinished": FLAG,
}
"""The entries of `run.json` that anything reads."""

NEEDED = ("name", "command", "overrides", "git", "machine", "seed", "wall_time_s", "dataset", "setting")
"""Those that a finished run's has."""

CONFIG: Mapping[str, Form] = {
    "name": maybe(NAME),
    "data.name": NAME,
    "setting.name": NAME,
    "method_name": maybe(NAME),
    "method._target_": NAME,
    "selection._target_": NAME,
    "random_draws": COUNT,
    "remark": maybe(TEXT),
    BASE: maybe(TEXT),
}
"""The entries of a flat configuration that anything reads by name."""

OVERRIDES, OVERRIDE_LENGTH = 1000, 5000
"""How many overrides a run has at most, and how long each is; Hydra takes long to read more."""


def read_record(file: Path) -> dict[str, Any]:
    """What a `run.json` holds, as a run writes it.

    Raises:
        UserError: If it is something else.
    """
    try:
        record: dict[str, Any] = read_json(file)
        check_record(record)
    except (OSError, ValueError) as error:
        raise UserError(f"{file}: cannot be read ({first_line(error)}): move the folder away") from error
    return record


def check_record(record: Any) -> None:
    """Refuses what is no record of a run.

    Raises:
        ValueError: Naming the first entry that is missing or otherwise than a run writes it.
    """
    if not isinstance(record, dict):
        raise ValueError("run.json has no entries by name")
    for name in ("status", "overrides", *(NEEDED if record.get("status") == "done" else ())):
        if name not in record:
            raise ValueError(f"run.json has no {name}")
    check_entries("run.json", record, RECORD)
    check_overrides(record["overrides"])


def check_config(config: Mapping[str, Any]) -> None:
    """Refuses what is no flat configuration of a run.

    Args:
        config: Dotted names and values.

    Raises:
        ValueError: As `check_record` does.
    """
    for name in ("data.name", "setting.name"):
        if name not in config:
            raise ValueError(f"config.yaml has no {name}")
    check_entries("config.yaml", config, CONFIG)
    for name, value in config.items():
        if not (isinstance(name, str) and PLAIN.fits(value)):
            raise ValueError(f"config.yaml: {name}: expected {PLAIN.said}")


def check_entries(file: str, content: Mapping[str, Any], schema: Mapping[str, Form]) -> None:
    """Refuses a mapping that has an entry of a schema otherwise than there.

    Raises:
        ValueError: Naming it.
    """
    for name, form in schema.items():
        if name in content and not form.fits(content[name]):
            raise ValueError(f"{file}: {name}: {printable(content[name], longest=60)}: expected {form.said}")


def check_overrides(overrides: list[str]) -> None:
    """Refuses overrides that Hydra cannot read.

    Raises:
        ValueError: Naming the first.
    """
    from hydra.errors import HydraException

    if len(overrides) > OVERRIDES:
        raise ValueError(f"run.json: overrides: more than {OVERRIDES} of them")
    for override in overrides:
        if len(override) > OVERRIDE_LENGTH:
            raise ValueError(f"run.json: overrides: {printable(override, longest=60)}: too long")
        try:
            own_overrides([override])
        except (HydraException, RecursionError) as error:
            raise ValueError(
                f"run.json: overrides: {printable(override, longest=60)}: no override"
            ) from error
