"""What stands where in a run folder, and how files get there whole."""

from __future__ import annotations

import errno
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vsumlab.core.plain_files import read_json
from vsumlab.errors import UserError
from vsumlab.names import file_name, from_cell, to_cell

if TYPE_CHECKING:
    import pandas as pd

CSV_BYTES = 200_000_000
"""A study of a thousand runs has 10 MB."""


def fold_folder(run: Path, fold: int) -> Path:
    """A fold's own folder: its record, rows, scores, checkpoints, logs and plots."""
    return run / f"fold_{fold}"


def is_fold(folder: Path) -> bool:
    """Whether a folder has the name of a fold's."""
    return re.fullmatch(r"fold_\d+", folder.name) is not None


def fold_index(folder: Path) -> int:
    """Which fold's a folder is, by its name."""
    return int(folder.name.removeprefix("fold_"))


def repetitions(run: Path) -> Iterator[Path]:
    """The folders of a run's repetitions, in its own, the first one first."""
    yield run / "repeated"
    for number in count(2):
        yield run / f"repeated_{number}"


def is_repetition(folder: Path) -> bool:
    """Whether a folder is one of a run's repetitions."""
    return bool(re.fullmatch(r"repeated(_\d+)?", folder.name)) and (folder.parent / "run.json").is_file()


def fold_folders(run: Path) -> dict[int, Path]:
    """The folds' folders that there are, by fold."""
    folders = (path for path in run.glob("fold_*") if path.is_dir() and is_fold(path))
    return dict(sorted((fold_index(path), path) for path in folders))


def plot_path(fold: Path, key: str) -> Path:
    """Where the plot of a test video is in a fold's folder, as an SVG; a PNG of the same name is there too.

    Every video has a name of its own.
    """
    return fold / "figures" / f"{file_name(key)}.svg"


def status(folder: Path) -> str | None:
    """What the `run.json` of a run or a fold says: done, failed, or nothing where there is none.

    One that no run writes is "unreadable".
    """
    path = folder / "run.json"
    try:
        return str(read_json(path)["status"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return "unreadable"


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Writes to a run's folder, or makes it.

    Raises:
        UserError: If that cannot be done.
    """
    try:
        yield
    except OSError as error:
        raise UserError(
            f"{folder}: cannot be written ({error.strerror}): choose another place with paths.runs=FOLDER"
        ) from error


NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_PERMISSION = (errno.EROFS, errno.EACCES, errno.EPERM)
"""What the system says where nothing can be written."""


@contextmanager
def writing_all(folder: Path) -> Iterator[None]:
    """Works on a fold: where there is no room to write, or no permission, that is what it says.

    Raises:
        UserError: If there is none.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM + NO_PERMISSION:
            raise
        mend = "make room" if error.errno in NO_ROOM else "make it writable"
        raise UserError(
            f"{error.filename or folder}: cannot be written ({error.strerror}): what is finished is kept: "
            f"{mend}, and the same command goes on"
        ) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Another name to write a file under, so that under its own there is all of it or nothing.

    What is written is on the disk before it has its own name, also where the power fails just then.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        synced(unfinished)
        unfinished.replace(path)
        synced(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def unwritten(folder: Path) -> list[Path]:
    """What processes that were killed have begun to write in a folder."""
    return [file for file in folder.glob(".*") if re.fullmatch(r"\..+\.\d+", file.name) and file.is_file()]


def synced(path: Path) -> None:
    """Waits until a file, or the names in a folder, are on the disk."""
    if path.is_dir() and os.name == "nt":  # Windows opens no folders
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, text: str) -> None:
    """Writes a text file, in UTF-8 wherever this is."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


def write_table(path: Path, rows: pd.DataFrame, float_format: str | None = None) -> None:
    """Writes rows as a CSV file, with an empty cell for NaN; no text is a formula to a spreadsheet."""
    with replacing(path) as unfinished:
        texts(rows, to_cell).to_csv(unfinished, index=False, lineterminator="\n", float_format=float_format)


def read_table(path: Path, names: Sequence[str] = ()) -> pd.DataFrame:
    """Reads what `write_table` wrote, every number to its last bit.

    Args:
        path: The file.
        names: The columns that are text also where it looks like numbers, as `001` does.

    Raises:
        OSError: If the file cannot be read.
        ValueError: If it is no CSV file, or larger than any.
    """
    import pandas as pd

    if path.stat().st_size > CSV_BYTES:
        raise ValueError(f"{path.name} has more than {CSV_BYTES / 1e6:g} MB, which no run writes")
    rows = pd.read_csv(
        path,
        encoding="utf-8",
        keep_default_na=False,
        na_values=[""],
        dtype=dict.fromkeys(names, str),
        low_memory=False,
    )
    return texts(rows, from_cell)


def texts(rows: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """The same rows with each text in them changed; numbers stay numbers."""
    columns = rows.select_dtypes(exclude=["number", "bool"])
    changed = columns.map(lambda cell: change(cell) if isinstance(cell, str) else cell)
    return rows.assign(**{str(column): changed[column] for column in changed})


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Writes a JSON file, with null for what is not finite, which JSON does not have."""
    write_whole(path, json.dumps(_finite(dict(record)), indent=2, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
