"""Importance scores from anywhere: an HDF5 file with a dataset a video, or a CSV of video, pick, score."""

from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.data.video import Video
from vsumlab.errors import UserError

COLUMNS = ("video", "pick", "score")


class ScoresFile:
    """Importance scores by video.

    Args:
        path: HDF5 where its name ends in .h5 or .hdf5, else CSV with the header `video,pick,score`, a pick
            being the frame index that a feature was taken at.

    Raises:
        UserError: If the file cannot be read as what its name says.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise UserError(f"{path}: no such file: name an .h5 or .csv file of importance scores")
        read = read_h5 if path.suffix in (".h5", ".hdf5") else read_csv
        self._scores = read(path)

    def of(self, video: Video) -> npt.NDArray[np.float64]:
        """The importance scores (T,) of a video.

        Raises:
            UserError: If there are none, or they are not of this video's picks.
        """
        if video.key not in self._scores:
            raise UserError(
                f"{self.path}: {video.key}: no scores: give every test video's, or choose a fold with fold=N"
            )
        picks, scores = self._scores[video.key]
        fits = scores.shape == (video.n_picks,) and (picks is None or np.array_equal(picks, video.picks))
        if not fits:
            raise UserError(
                f"{self.path}: {video.key}: found {scores.size} scores, or other picks than the feature "
                f"file's {video.n_picks}: give a score for each pick, in order"
            )
        return scores


Scored = tuple[npt.NDArray[np.float64] | None, npt.NDArray[np.float64]]


def read_h5(path: Path) -> dict[str, Scored]:
    """Reads a dataset (T,) a video; an HDF5 file says nothing of picks."""
    try:
        with h5py.File(path) as file:
            datasets = {key: item for key, item in file.items() if isinstance(item, h5py.Dataset)}
            return {key: (None, np.asarray(item, dtype=np.float64)) for key, item in datasets.items()}
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"{path}: not an HDF5 file with an array of numbers a video: write it anew"
        ) from error


def read_csv(path: Path) -> dict[str, Scored]:
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
    return {str(name): (picks[names == name], scores[names == name]) for name in np.unique(names)}
