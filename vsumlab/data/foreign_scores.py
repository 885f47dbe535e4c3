"""Importance scores that some program wrote: a run's own, an HDF5 array a video, or CSV lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.core.video import Video
from vsumlab.errors import UserError

COLUMNS = ("video", "pick", "score")

Floats = npt.NDArray[np.float64]


class Scored(NamedTuple):
    """A video's scores (T,), and the picks (T,) that they are said to be of, where that is said."""

    picks: Floats | None
    scores: Floats


ByVideo = dict[str, dict[int | None, Scored]]
"""By video and fold, the fold being None where a file knows of none."""


class ForeignScores:
    """Importance scores by video.

    Args:
        path: HDF5 where its name ends in .h5 or .hdf5: a run's `scores.h5`, or a dataset (T,) a video; else
            CSV with the header `video,pick,score`, a pick being the frame index that a feature was taken at.
        scorer: Whose scores to take from a run's file; may be left out where there is only one scorer.

    Attributes:
        name: The scorer's name in a run's file, else the file's.
        keys: The videos that have scores.

    Raises:
        UserError: If the file cannot be read as what its name says, or has no such scorer.
    """

    def __init__(self, path: Path, scorer: str | None = None) -> None:
        self.path = path
        if not path.is_file():
            raise UserError(f"{path}: no such file: name an .h5 or .csv file of importance scores")
        by_scorer = read_h5(path) if path.suffix in (".h5", ".hdf5") else {path.stem: read_csv(path)}
        if scorer is None and len(by_scorer) == 1:
            (scorer,) = by_scorer
        if scorer not in by_scorer:
            found = "no scorer is named" if scorer is None else f"no scorer {scorer}"
            raise UserError(f"{path}: {found}: choose one with --scorer: {' '.join(sorted(by_scorer))}")
        self.name = scorer
        self._scores = by_scorer[scorer]
        self.keys = tuple(self._scores)

    def of(self, video: Video, fold: int) -> Floats:
        """The importance scores (T,) of a video: the fold's own where it has some, else the first fold's.

        Raises:
            UserError: If there are none, or they are not of this video's picks.
        """
        if video.key not in self._scores:
            raise UserError(
                f"{self.path}: {video.key}: no scores: give every test video's, or choose a fold with fold=N"
            )
        of_folds = self._scores[video.key]
        picks, scores = of_folds.get(fold) or next(iter(of_folds.values()))
        fits = scores.shape == (video.n_picks,) and (
            picks is None or np.array_equal(picks, video.timeline.picks)
        )
        if not fits:
            raise UserError(
                f"{self.path}: {video.key}: found {scores.size} scores, or other picks than the feature "
                f"file's {video.n_picks}: give a score for each pick, in order"
            )
        return scores


def read_h5(path: Path) -> dict[str, ByVideo]:
    """Reads scores by scorer: those of a run's file, or the file's one, which takes the file's name.

    An HDF5 file says nothing of picks.
    """
    by_scorer: dict[str, ByVideo] = {}
    try:
        with h5py.File(path) as file:
            for scorer, key, fold, array in arrays(file, path.stem):
                scored = Scored(None, np.asarray(array, dtype=np.float64))
                by_scorer.setdefault(scorer, {}).setdefault(key, {})[fold] = scored
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise UserError(
            f"{path}: not an HDF5 file with an array of numbers a video, nor a run's scores.h5: write it anew"
        ) from error
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


def read_csv(path: Path) -> ByVideo:
    """Reads lines of video, pick, score; a video's lines stand in the order of its picks."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header, *lines = [[cell.strip() for cell in line] for line in csv.reader(file) if line]
        if tuple(header) != COLUMNS:
            raise UserError(f"{path}: its first line is not the header video,pick,score: add it")
        names, picks, scores = (np.array(column) for column in zip(*lines, strict=True))
        picks, scores = picks.astype(np.float64), scores.astype(np.float64)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: not a CSV file of video,pick,score ({error}): mend it") from error
    return {
        str(name): {None: Scored(picks[names == name], scores[names == name])} for name in np.unique(names)
    }
