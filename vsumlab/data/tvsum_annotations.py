"""TVSum's importance scores, which its public feature file lacks: each person's, at every frame.

The dataset's authors publish them twice: `ydata-tvsum50.mat`, of MATLAB 7.3 and so HDF5, and
`ydata-tvsum50-anno.tsv`, a line a person: video id, category, scores of all frames. Neither knows the field's
keys; `video_7` is the seventh video of either.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from vsumlab.core import hdf5
from vsumlab.core.files import is_file
from vsumlab.core.hdf5_array import stored
from vsumlab.core.timeline import Timeline
from vsumlab.data.feature_file.schema import FRAME_TOLERANCE
from vsumlab.errors import UserError

SOURCE = "https://github.com/yalesong/tvsum"

KIND = "TVSum's annotations"
FOUND = "no annotations of TVSum"
EXPECTED = f"its authors' MATLAB 7.3 file with tvsum50/user_anno; download it anew from {SOURCE}"

MOST_BYTES = 10**9
"""Of a .tsv file; TVSum's has 15 million."""

FrameScores = npt.NDArray[Any]


class AnnotationFile:
    """An annotation file of TVSum.

    A .mat file is read a video at a time; a .tsv file once, when first needed, and kept, a byte a score.

    Args:
        path: `ydata-tvsum50-anno.tsv` where its name ends in .tsv, else `ydata-tvsum50.mat`.

    Raises:
        UserError: If the file is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not is_file(path):
            raise UserError(f"{path}: no such file: get the annotations of TVSum from {SOURCE}")

    @cached_property
    def _tsv(self) -> list[npt.NDArray[np.uint8]]:
        return read_tsv(self.path)

    def frame_scores(self, key: str) -> FrameScores:
        """Each person's importance scores (U, N), from 1 to 5, of a video `video_1`, `video_2`, ….

        Raises:
            UserError: If the file cannot be used, the key is not of that form, or there is no such video.
        """
        if self.path.suffix == ".tsv":
            return self._tsv[_place(self.path, key, len(self._tsv))]
        return read_mat(self.path, key)

    def user_scores(self, key: str, timeline: Timeline, n_users: int, file: Path) -> npt.NDArray[np.float64]:
        """Each annotator's scores (U, T) at a video's picks.

        Args:
            key: The video.
            timeline: As read from a feature file.
            n_users: U there.
            file: The feature file.

        Raises:
            UserError: If the video has another number of frames or annotators here than in the feature file.
                A few frames more or fewer are let pass, as with `user_summary`: the last score holds.
        """
        scores = self.frame_scores(key)
        found_users, n_frames = scores.shape
        if abs(n_frames - timeline.n_frames) > FRAME_TOLERANCE or found_users != n_users:
            raise UserError(
                f"{self.path}: {key}: found {found_users} people and {n_frames} frames; expected "
                f"{n_users} and {timeline.n_frames} as in {file}; number the videos there in the order "
                "of this file, or leave these annotations out with data.annotations=null"
            )
        return scores[:, np.minimum(timeline.picks, n_frames - 1)].astype(np.float64)


def _place(path: Path, key: str, n_videos: int) -> int:
    """Where a video stands in a file of so many, counted from 0."""
    number = re.fullmatch(r"video_([1-9]\d*)", key)
    if not number or int(number[1]) > n_videos:
        raise UserError(
            f"{path}: {key}: no such video; expected video_1 to video_{n_videos}, by their order here; name "
            "the videos so, or leave these annotations out with data.annotations=null"
        )
    return int(number[1]) - 1


def read_mat(path: Path, key: str) -> FrameScores:
    """The scores (U, N) of a video of `ydata-tvsum50.mat`."""
    with hdf5.opened(path, KIND, EXPECTED, found=FOUND) as file:
        of_videos = stored(file["tvsum50/user_anno"])
        scores = stored(file[of_videos[_place(path, key, len(of_videos)), 0]])
    if scores.ndim != 2 or scores.dtype.kind not in "iuf" or not scores.size or not np.isfinite(scores).all():
        raise _unreadable(path, f"{key}: {scores.dtype} of shape {scores.shape}, or not finite")
    return scores


def _unreadable(path: Path, reason: str) -> UserError:
    return UserError(f"{path}: found {FOUND} ({reason}); expected {EXPECTED}")


def read_tsv(path: Path) -> list[npt.NDArray[np.uint8]]:
    """The scores (U, N) of each video of `ydata-tvsum50-anno.tsv`, in order."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); name a file that can") from error
    if len(content) > MOST_BYTES:
        raise UserError(f"{path}: found more than {MOST_BYTES:,} bytes; download it anew from {SOURCE}")
    lines = content.splitlines()
    rows = [_row(f"{path}: line {number}", line) for number, line in enumerate(lines, start=1)]
    videos = [(name, [scores for _, scores in run]) for name, run in groupby(rows, key=itemgetter(0))]
    if not videos or len(dict(videos)) < len(videos):
        raise UserError(
            f"{path}: found {len(dict(videos))} videos in {len(videos)} runs of lines; expected each video's "
            f"lines together; download it anew from {SOURCE}"
        )
    for name, scores in videos:
        if len(lengths := {len(of_person) for of_person in scores}) > 1:
            raise UserError(
                f"{path}: {name}: found lines of {' and '.join(map(str, sorted(lengths)))} scores; expected "
                f"one for each frame in every line; download it anew from {SOURCE}"
            )
    return [np.stack(scores) for _, scores in videos]


def _row(where: str, line: bytes) -> tuple[str, npt.NDArray[np.uint8]]:
    """A line's video id and scores: single digits, with a comma between any two."""
    columns = line.rstrip().split(b"\t")
    characters = np.frombuffer(columns[-1], dtype=np.uint8)
    scores = characters[::2] - np.uint8(ord("0"))
    well_formed = len(columns) == 3 and len(characters) % 2 and (characters[1::2] == ord(",")).all()
    if not well_formed or not ((scores >= 1) & (scores <= 5)).all():
        raise UserError(
            f"{where}: found {line[:40].decode('utf-8', 'replace')!r}, …; expected video id, category and "
            f"scores of 1 to 5, between tabs, the scores between commas; download it anew from {SOURCE}"
        )
    return columns[0].decode("utf-8", "replace"), scores
