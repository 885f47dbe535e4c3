"""What an unfinished run was begun with, by its folder, which may be somebody else's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vsumlab.core.plain_files import read_yaml
from vsumlab.errors import UserError, first_line
from vsumlab.runs.folder import status
from vsumlab.runs.forms import TEXT, list_of
from vsumlab.runs.sweeps import check_harmless
from vsumlab.runs.targets import check_targets

OTHERWISE = "give the run's own command"


def begun_with(run: Path) -> list[str]:
    """The overrides that an unfinished run was begun with.

    Raises:
        UserError: If it is none, or its overrides name code that is neither ours nor trusted, or set what a
            file may not set: that is left to who gives the run's own command.
    """
    file = run / ".hydra" / "overrides.yaml"
    if not run.is_dir():
        raise UserError(f"{run}: no such folder: name one of an unfinished run")
    if status(run) == "done":
        raise UserError(f"{run}: is finished: give its command without resume= for another run")
    try:
        overrides = read_yaml(file)
        if not list_of(TEXT).fits(overrides):
            raise ValueError("holds no overrides")
        for each in overrides:
            check_harmless(each)
            check_made(each, file)
    except UserError:
        raise
    except Exception as error:  # of reading, and of Hydra's parser
        raise UserError(f"{file}: {first_line(error)}: {OTHERWISE}") from error
    return list(overrides)


def check_made(text: str, file: Path) -> None:
    """Refuses an override from which something would be made that is neither ours nor trusted.

    Raises:
        UserError: If there is one.
        HydraException: If it is no override.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser  # takes long to import

    override = OverridesParser.create().parse_override(text)
    node: Any = override.value()
    for name in reversed(override.key_or_group.split(".")):
        node = {name: node}
    check_targets(node, file)
