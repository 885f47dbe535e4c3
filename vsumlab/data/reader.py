"""Reads feature files of the field's schema: one HDF5 group a video, checked once on opening."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import torch

from vsumlab.data import checks
from vsumlab.data.video import Video
from vsumlab.errors import UserError

DAMAGE = (OSError, RuntimeError, KeyError, ValueError, TypeError)
"""What h5py has been seen to raise on damaged files, in any of its calls."""


def natural_order(key: str) -> tuple[tuple[int, str], ...]:
    """A sort key under which `video_2` comes before `video_10`; no two keys tie."""
    parts = re.split(r"(\d+)", key)
    return (*((int(part), "") if part.isdecimal() else (-1, part) for part in parts), (-1, key))


class VideoFile:
    """A feature file of the field's schema, checked once on opening.

    Every video is read and checked when the file is opened, one after the other, and read again when it is
    asked for: memory holds one video, and the object can be pickled or forked since no file stays open.

    Attributes:
        path: The file.
        keys: The videos, in natural order.
        feature_dim: D, the same for all videos.
        has_user_scores: Whether all videos have `user_scores`.
        has_gtscore: Whether all videos have `gtscore`.
    """

    def __init__(self, path: Path | str, *, evaluated: bool = True) -> None:
        """Opens and checks the file.

        Args:
            path: An HDF5 file with one group for each video.
            evaluated: False for a dataset that is only trained on (OVP, YouTube, YouTube-8M): only `features`
                is required, `gtscore` is read where present, and all else is ignored, as OVP's and YouTube's
                `user_summary` is of key frames.

        Raises:
            UserError: The file cannot be read, or a video in it is not as `checks.SCHEMA` says.
        """
        self.path = Path(path)
        self._evaluated = evaluated
        if not self.path.is_file():
            raise UserError(f"{self.path}: no such file; give the path of an HDF5 feature file")
        with self._open() as file:
            for name, item in file.items():
                if not isinstance(item, h5py.Group):
                    raise UserError(
                        f"{self.path}: {name}: found an array outside any video; expected one group for each "
                        "video; move or remove it"
                    )
            self.keys: tuple[str, ...] = tuple(sorted(map(str, file), key=natural_order))
            if not self.keys:
                raise UserError(
                    f"{self.path}: found no videos; expected one group for each video; write it anew"
                )
            videos = (self._read(file, key, evaluated) for key in self.keys)
            contents = [(v.features.shape[1], len(v.user_scores) > 0, v.gtscore is not None) for v in videos]
        dims, user_scores, gtscores = zip(*contents, strict=True)
        self.feature_dim: int = dims[0]
        self.has_user_scores: bool = all(user_scores)
        self.has_gtscore: bool = all(gtscores)
        for key, dim in zip(self.keys, dims, strict=True):
            if dim != self.feature_dim:
                raise UserError(
                    f"{self.path}: {key}: features: found {dim} dimensions; expected {self.feature_dim} "
                    f"as in {self.keys[0]}; extract all videos with one network"
                )

    def __len__(self) -> int:
        """The number of videos."""
        return len(self.keys)

    def __getitem__(self, key: str) -> Video:
        """Reads a video from disk.

        Raises:
            UserError: There is no such video, or the file has changed for the worse since it was opened.
        """
        return self._one(key, self._evaluated)

    def unannotated(self, key: str) -> Video:
        """Reads what is trained on, the features and the gtscore, without the annotations.

        Raises:
            UserError: There is no such video, or the file has changed for the worse since it was opened.
        """
        return self._one(key, evaluated=False)

    def sha256(self) -> str:
        """The file's SHA-256 in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _one(self, key: str, evaluated: bool) -> Video:
        if key not in self.keys:
            raise UserError(f"{self.path}: {key}: no such video; there are {', '.join(self.keys[:3])}, …")
        with self._open() as file:
            return self._read(file, key, evaluated)

    @contextmanager
    def _open(self) -> Iterator[h5py.File]:
        try:
            with h5py.File(self.path, "r") as file:
                yield file
        except DAMAGE as error:
            reason = _one_line(error)
            raise UserError(
                f"{self.path}: found no readable HDF5 file ({reason}); expected one group for each video; "
                "download or write it anew"
            ) from error

    def _read(self, file: h5py.File, key: str, evaluated: bool) -> Video:
        try:
            return _video(key, file[key], evaluated)
        except checks.SchemaError as error:
            raise UserError(f"{self.path}: {key}: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).strip("'\"").split())


def _video(key: str, group: h5py.Group, evaluated: bool) -> Video:
    features = checks.features(checks.load(group, "features"))
    n_picks = len(features)
    gtscore = None
    if "gtscore" in group:
        gtscore = torch.from_numpy(checks.gtscore(checks.load(group, "gtscore"), n_picks))
    if not evaluated:
        return Video.unannotated(key, torch.from_numpy(features), gtscore)

    n_frames = checks.n_frames(checks.load(group, "n_frames"))
    picks = checks.picks(checks.load(group, "picks"), n_picks, n_frames)
    change_points = checks.load(group, "change_points")
    shots = checks.shots(change_points, n_frames)
    user_summary = checks.user_summary(checks.load(group, "user_summary"), n_frames)
    user_scores = np.empty((0, n_picks))
    if "user_scores" in group:
        user_scores = checks.user_scores(checks.load(group, "user_scores"), len(user_summary), n_picks)
    if "n_steps" in group:
        checks.n_steps(checks.load(group, "n_steps"), n_picks)
    if "n_frame_per_seg" in group:
        checks.n_frame_per_seg(checks.load(group, "n_frame_per_seg"), change_points, shots)
    return Video(key, torch.from_numpy(features), gtscore, picks, n_frames, shots, user_summary, user_scores)
