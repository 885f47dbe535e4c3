"""What of a configuration says where things are and how they are computed, rather than what is run.

Such entries do not tell runs apart, so that a run or a sweep goes on where its data lie in other folders.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any

ELSEWHERE = (
    "paths.",
    "data.folder",
    "setting.folder",
    "folds_at_once",
    "threads",
    "compile",
    "workers",
    "trainer.accelerator",
    "trust",
)
"""Entries, or the beginnings of their names, that change no figure by more than its rounding."""
FILES = ("data.file", "data.splits", "data.annotations", "setting.others.")
"""Entries that name files, in folders or not; so do those of a method that end as files do."""
BASE = "method.base"
"""The entry that names a run folder."""


def own_name(entry: str, value: Any) -> Any:
    """A value without the folders that a path has on one machine.

    Of a file its name is left. Of a run folder the last two parts are, NAME/TIME or NAME/OVERRIDES: different
    sweeps have folders of one name.

    >>> own_name("data.file", "/disk/features/tvsum.h5"), own_name("remark", "F1/F2")
    ('tvsum.h5', 'F1/F2')
    """
    if isinstance(value, list):
        return [own_name(entry, each) for each in value]
    if not isinstance(value, str) or "/" not in value:
        return value
    path = PurePath(value)
    if entry == BASE:
        return "/".join(path.parts[-2:])
    of_method = entry.startswith("method.") and path.suffix[1:2].isalpha()
    return path.name if entry.startswith(FILES) or of_method else value


def own_overrides(overrides: Iterable[str]) -> frozenset[str]:
    """What overrides say of a run, wherever it is made.

    >>> sorted(own_overrides(["paths.data=/disk", "data.file=a/tvsum.h5", "fold=0"]))
    ['data.file=tvsum.h5', 'fold=0']
    """
    return frozenset(
        map(own_override, (each for each in overrides if not entry_of(each).startswith(ELSEWHERE)))
    )


def entry_of(override: str) -> str:
    """The entry or the group that an override is of."""
    return override.partition("=")[0].lstrip("+~")


def own_override(override: str) -> str:
    """An override without the folders in its value."""
    name, _, text = override.partition("=")
    if "/" not in text:
        return override
    from hydra.core.override_parser.overrides_parser import OverridesParser  # takes long to import

    value = OverridesParser.create().parse_override(override).value()
    own = own_name(entry_of(override), value)
    if own == value:
        return override
    return f"{name}=[{','.join(own)}]" if isinstance(own, list) else f"{name}={own}"


def cell_folder(overrides: Iterable[str]) -> str:
    """The name of a sweep's run in the sweep's folder.

    It does not depend on the place in the sweep, so that a longer sweep finds what a shorter one has run, nor
    on where the data are.

    >>> cell_folder(["fold=0", "data.file=a/b.h5"])
    'data.file=b.h5,fold=0'
    """
    name = ",".join(sorted(own_overrides(overrides))).replace("/", "-") or "default"
    if len(name.encode()) > 200:  # file systems take 255 bytes
        name = f"{name[:150]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return name


def quoted(path: Path | str) -> str:
    r"""A path as the value of an override, whatever is in its name.

    >>> print(quoted("it's"))
    'it\'s'
    """
    return "'" + str(path).replace("\\", "\\\\").replace("'", "\\'") + "'"


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; there is none whose name is too long for one."""
    try:
        return path.exists()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder, likewise."""
    try:
        return path.is_dir()
    except OSError:
        return False
