"""What files of importance scores look like, and how each is read."""

from __future__ import annotations

import csv
import json
import lzma
import math
import re
import tokenize
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.core.hdf5 import opened
from vsumlab.core.hdf5_array import stored
from vsumlab.data.foreign_scores.limits import check_length, check_number, without_doubles
from vsumlab.errors import UserError, first_line

COLUMNS = ("video", "pick", "score")
IN_GROUP = ("importance_scores", "score")
"""The names that a video's scores have in a group of its own."""

NPZ_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    RuntimeError,  # an encrypted entry, or one compressed in a way that zipfile does not know
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""What NumPy and zipfile raise on damaged archives."""
IN_HDF5 = "an array of numbers for each video, or a run's scores.h5"
"""What is expected in such a file."""

Floats = npt.NDArray[np.float64]


class Scored(NamedTuple):
    """A video's scores (T,), and the picks (T,) that they are said to be of, where that is said."""

    picks: Floats | None
    scores: Floats


ByVideo = dict[str, dict[int | None, Scored]]
"""By video and fold, the fold being None where a file knows of none."""


class Format(NamedTuple):
    """A form of file.

    Attributes:
        suffixes: How its name ends.
        forms: What may be in it, a line each.
        read: Reads scores by scorer, video and fold.
    """

    suffixes: tuple[str, ...]
    forms: tuple[str, ...]
    read: Callable[[Path], dict[str, ByVideo]]


def read_scores(path: Path) -> dict[str, ByVideo]:
    """Reads a file in the form that its name says; what ends in none of them is read as CSV.

    Returns:
        Scores by scorer; a file that names no scorer is one, called after the file.

    Raises:
        UserError: If it cannot be read as what its name says.
    """
    form = next((each for each in FORMATS if path.suffix.lower() in each.suffixes), FORMATS[0])
    return form.read(path)


def read_csv(path: Path) -> dict[str, ByVideo]:
    """Reads lines of video, pick, score; a video's lines stand in the order of its picks."""
    columns: dict[str, tuple[list[float], list[float]]] = {}
    line = 1
    try:
        check_length(path)
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = csv.reader(file)
            header = next(rows, None)
            if header is None:
                raise ValueError("an empty file")
            if tuple(cell.strip() for cell in header) != COLUMNS:
                raise UserError(f"{path}: its first line is not the header video,pick,score: add it")
            for row in filter(None, rows):
                line = rows.line_num
                name, pick, score = row
                picks, scores = columns.setdefault(name.strip(), ([], []))
                picks.append(float(pick))
                scores.append(float(score))
        if not columns:
            raise ValueError("no scores")
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(
            f"{path}: line {line}: not a CSV file of video,pick,score ({first_line(error)}): mend it"
        ) from error
    return {
        path.stem: {
            name: {None: Scored(np.array(picks), np.array(scores))}
            for name, (picks, scores) in columns.items()
        }
    }


def read_h5(path: Path) -> dict[str, ByVideo]:
    """Reads a run's `scores.h5`, an array a video, or a group a video with an array in it."""
    by_scorer: dict[str, ByVideo] = {}
    count = 0
    with opened(path, "an HDF5 file of scores", f"{IN_HDF5}: write it anew") as file:
        for scorer, key, fold, array in arrays(file, path.stem):
            count += array.size or 0
            check_number(count)
            scored = Scored(None, in_one_row(stored(array)))
            by_scorer.setdefault(scorer, {}).setdefault(key, {})[fold] = scored
    if not by_scorer:
        raise UserError(f"{path}: no scores: write an array of numbers for each video, under the video's key")
    return by_scorer


def arrays(file: h5py.File, name: str) -> Iterator[tuple[str, str, int | None, h5py.Dataset]]:
    """A file's arrays with scorer, video and fold; `name` is the scorer where the file names none."""
    for entry, item in file.items():
        fold = re.fullmatch(r"fold_(\d+)", entry)
        if isinstance(item, h5py.Dataset):
            yield name, entry, None, item
        elif fold:
            for key, scorers in item.items():
                for scorer, group in scorers.items():
                    yield scorer, key, int(fold[1]), group["importance_scores"]
        elif found := [item[each] for each in IN_GROUP if each in item]:
            yield name, entry, None, found[0]


def read_json(path: Path) -> dict[str, ByVideo]:
    """Reads an object with a list of numbers a video."""
    try:
        check_length(path)
        content = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=without_doubles)
        return {path.stem: by_video(content)}
    except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise UserError(
            f'{path}: not a JSON object of {{"video": [score, …]}} ({first_line(error)}): write it anew'
        ) from error


def read_npz(path: Path) -> dict[str, ByVideo]:
    """Reads NumPy's archive of an array a video; no more of it is unpacked than may be in a file."""
    try:
        with zipfile.ZipFile(path) as archive:
            without_doubles([(entry.removesuffix(".npy"), None) for entry in archive.namelist()])
            check_number(sum(entry.file_size for entry in archive.infolist()) // 8)  # if of float64
            check_number(sum(stated_number(archive, entry) for entry in archive.namelist()))
        with np.load(path) as content:
            return {path.stem: by_video(content)}
    except NPZ_DAMAGE as error:
        raise UserError(
            f"{path}: not an archive of numpy.savez with numbers a video ({first_line(error)}): write it anew"
        ) from error


def stated_number(archive: zipfile.ZipFile, entry: str) -> int:
    """How many numbers an array's header says that there are: NumPy asks for memory before it reads them.

    Raises:
        ValueError: If it is no array.
    """
    with archive.open(entry) as file:
        short = np.lib.format.read_magic(file) == (1, 0)
        read = np.lib.format.read_array_header_1_0 if short else np.lib.format.read_array_header_2_0
        return math.prod(read(file)[0])


def by_video(content: Mapping[str, Any]) -> ByVideo:
    """Numbers by video, as what a file with no folds has.

    Raises:
        ValueError: If there are none, or what stands there is no list of numbers.
    """
    found: ByVideo = {str(key): {None: Scored(None, in_one_row(each))} for key, each in content.items()}
    if not found:
        raise ValueError("no video")
    return found


def in_one_row(values: Any) -> Floats:
    """Scores (T,), also of (1, T) or (T, 1), as models leave them; of any other shape as they are.

    Raises:
        ValueError: If they are complex, or no numbers.
    """
    array = np.asarray(values)
    if np.iscomplexobj(array):
        raise ValueError("complex numbers")
    if array.dtype.kind not in "biufOU":  # of texts and objects, NumPy says what is no number
        raise ValueError("no numbers")
    check_number(array.size)
    scores: Floats = np.atleast_1d(array.astype(np.float64).squeeze())
    return scores


FORMATS = (
    Format(
        (".csv",),
        ("the header video,pick,score, then a line a score; a pick is the frame index of a feature",),
        read_csv,
    ),
    Format(
        (".h5", ".hdf5"),
        (
            "a dataset a video, under the video's key",
            "a group a video, with importance_scores or score in it, as DR-DSN's result.h5",
            "a run's scores.h5; --scorer NAME chooses among several",
        ),
        read_h5,
    ),
    Format(
        (".json",), ('{"video_1": [0.2, 0.7, …], …}, as PGL-SUM, CA-SUM and SUM-GAN-AAE leave it',), read_json
    ),
    Format((".npz",), ("an array a video, by numpy.savez(FILE, video_1=…, …)",), read_npz),
)
"""All forms; the first is that of files whose names end in nothing that is listed."""
