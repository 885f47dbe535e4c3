"""People's importance scores of one's own videos, from a table: what makes a test set of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError, first_line, printable
from vsumlab.summary.keyshots import key_shot_summary

COLUMNS = ("video", "time", "annotator", "score")


class People(NamedTuple):
    """What people said of a video, as the field's files have it.

    Attributes:
        user_scores: (U, T) float64, each one's scores at the picks.
        user_summary: (U, N) bool, the key-shot summary of each one's scores, as the field makes TVSum's.
        gtscore: (T,) float32, the mean over people, scaled to [0, 1].
    """

    user_scores: npt.NDArray[np.float64]
    user_summary: npt.NDArray[np.bool_]
    gtscore: npt.NDArray[np.float32]


class ScoreTable:
    """A CSV of people's scores, `video,time,annotator,score`: a score holds from its time until the next one.

    Args:
        path: The file; `video` is a video's key in the feature file or its file's name, with or
            without its suffix; `time` is in seconds.

    Raises:
        UserError: If it cannot be read, or a value is missing or no number.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or first_line(error)
            raise UserError(f"{path}: cannot be read ({why}): name a CSV of {','.join(COLUMNS)}") from error
        if missing := [name for name in COLUMNS if name not in table]:
            raise UserError(f"{path}: no column {missing[0]}: expected {','.join(COLUMNS)}")
        for name in ("time", "score"):
            numbers = pd.to_numeric(table[name], errors="coerce")
            bad = ~np.isfinite(numbers) | ((numbers < 0) & (name == "time"))
            if bad.any():
                row = int(np.flatnonzero(bad)[0])
                value = printable(repr(table[name].iloc[row]), longest=100)
                raise UserError(f"{path}: line {row + 2}: {name} is {value}: write a number")
            table[name] = numbers
        self.table = table
        self._names = set(table["video"])

    def names_of(self, videos: Mapping[str, str]) -> dict[str, str]:
        """By which name the table has each video: its key, its file's name, or that without its suffix.

        Args:
            videos: Files' names by key.

        Returns:
            Names by key, of the videos that the table has.

        Raises:
            UserError: If one name in the table may be that of several videos.
        """
        found: dict[str, str] = {}
        for key, file in videos.items():
            names = (key, file, Path(file).stem)
            if name := next((name for name in names if name in self._names), None):
                found[key] = name
        for key, name in found.items():
            if others := [other for other, its in found.items() if its == name and other != key]:
                raise UserError(
                    f"{self.path}: {name}: may be {key} or {others[0]}: write these names in the table"
                )
        return found

    def unused(self, videos: Mapping[str, str]) -> list[str]:
        """The names in the table that belong to no video."""
        return sorted(self._names - set(self.names_of(videos).values()))

    def people(self, name: str, timeline: Timeline) -> People:
        """What people said of the video of a name in the table."""
        rows = self.table[self.table["video"] == name]
        times = timeline.picks / timeline.fps
        scores = np.stack([at(times, own) for _, own in rows.groupby("annotator", sort=True)])
        summary = np.stack([key_shot_summary(scaled(own), timeline) for own in scores])
        return People(scores, summary, scaled(scores.mean(axis=0)).astype(np.float32))


def at(times: npt.NDArray[np.float64], rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """A person's score at each time (T,): the latest until then; before the first one, that."""
    ordered = rows.sort_values("time", kind="stable")
    latest = np.searchsorted(ordered["time"].to_numpy(float), times + 1e-6, side="right") - 1
    return ordered["score"].to_numpy(float)[np.maximum(latest, 0)]


def scaled(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scores (T,) scaled to [0, 1]; constant ones to 1.

    >>> scaled(np.array([1.0, 3.0, 5.0])), scaled(np.array([2.0, 2.0]))
    (array([0. , 0.5, 1. ]), array([1., 1.]))
    """
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)
