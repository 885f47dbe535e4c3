"""Reads feature files of the field's schema: one HDF5 group a video, checked once on opening."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import torch

from vsumlab.data import checks
from vsumlab.data.annotations import Annotations
from vsumlab.data.contents import contents
from vsumlab.data.fingerprint import Fingerprint, fingerprint
from vsumlab.data.video import Video
from vsumlab.data.youtube8m.quantization import dequantize
from vsumlab.errors import UserError


def varies(gtscore: torch.Tensor | None) -> bool:
    """Whether there are scores, and not the same ones for all frames."""
    return gtscore is not None and bool((gtscore != gtscore[0]).any())


def is_signed(features: torch.Tensor) -> bool:
    """Whether more than a hundredth of features (T, D) are clearly below 0."""
    numbers = dequantize(features) if features.dtype == torch.uint8 else features
    return bool((numbers < -0.01 * numbers.abs().max()).float().mean() > 0.01)


def natural_order(key: str) -> tuple[tuple[int, str], ...]:
    """A sort key under which `video_2` comes before `video_10`; no two keys tie."""
    parts = re.split(r"(\d+)", key)
    return (*((int(part), "") if part.isdecimal() else (-1, part) for part in parts), (-1, key))


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """A feature file to read from.

    Raises:
        UserError: If it is missing, or h5py fails on it, on opening or in the block.
    """
    if not path.is_file():
        raise UserError(f"{path}: no such file; give the path of an HDF5 feature file")
    try:
        with h5py.File(path, "r") as file:
            yield file
    except checks.DAMAGE as error:
        raise UserError(
            f"{path}: found no readable HDF5 file ({checks.one_line(error)}); expected one group for each "
            "video; download or write it anew"
        ) from error


class VideoFile:
    """A feature file of the field's schema, checked once on opening.

    Every video is read and checked when the file is opened, one after the other, and read again when it is
    asked for: memory holds one video, and the object can be pickled or forked since no file stays open.

    Attributes:
        path: The file.
        keys: The videos, in natural order.
        feature_dim: D, the same for all videos.
        annotations: Where videos that lack `user_scores` get them from, if from anywhere.
        fingerprints: What tells each video's features from any other's, by key.
        has_user_scores: Whether all videos have `user_scores`, of their own or from the annotations.
        labelled: The videos that have a `gtscore` that is not the same everywhere.
        signed: Whether features are of both signs, as those of YouTube-8M and unlike those of GoogLeNet.
    """

    def __init__(self, path: Path | str, *, evaluated: bool = True, annotations: Path | None = None) -> None:
        """Opens and checks the file.

        Args:
            path: An HDF5 file with one group for each video.
            evaluated: False for a dataset that is only trained on (OVP, YouTube, YouTube-8M): only `features`
                is required, `gtscore` is read where present, and all else is ignored, as OVP's and YouTube's
                `user_summary` is of key frames.
            annotations: TVSum's, from which videos that lack `user_scores` get them.

        Raises:
            UserError: The file cannot be read, or a video in it is not as `checks.SCHEMA` says, or the
                annotations cannot be used or are not of these videos.
        """
        self.path = Path(path)
        self._evaluated = evaluated
        self.annotations = None if annotations is None else Annotations(annotations)
        with opened(self.path) as file:
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
            of_videos = [
                (
                    v.features.shape[1],
                    len(v.user_scores) > 0,
                    varies(v.gtscore),
                    fingerprint(v.features),
                    is_signed(v.features),
                )
                for v in videos
            ]
        dims, user_scores, gtscores, fingerprints, signed = zip(*of_videos, strict=True)
        self.fingerprints: dict[str, Fingerprint] = dict(zip(self.keys, fingerprints, strict=True))
        self.feature_dim: int = dims[0]
        self.has_user_scores: bool = all(user_scores)
        self.labelled = frozenset(key for key, known in zip(self.keys, gtscores, strict=True) if known)
        self.signed: bool = any(signed)
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

    def _one(self, key: str, evaluated: bool) -> Video:
        if key not in self.keys:
            raise UserError(f"{self.path}: {key}: no such video; there are {', '.join(self.keys[:3])}, …")
        with opened(self.path) as file:
            return self._read(file, key, evaluated)

    def _read(self, file: h5py.File, key: str, evaluated: bool) -> Video:
        try:
            video = _video(key, file[key], evaluated)
        except checks.SchemaError as error:
            raise UserError(f"{self.path}: {key}: {checks.one_line(error)}") from None
        if not evaluated or self.annotations is None or len(video.user_scores):
            return video
        return replace(video, user_scores=self.annotations.user_scores(video, self.path))


def _video(key: str, group: h5py.Group, evaluated: bool) -> Video:
    found, wrong = contents(group, evaluated)
    if wrong:
        raise wrong[0]
    features = torch.from_numpy(found["features"])
    gtscore = torch.from_numpy(found["gtscore"]) if "gtscore" in found else None
    if not evaluated:
        return Video.unannotated(key, features, gtscore)
    return Video(
        key,
        dequantize(features) if features.dtype == torch.uint8 else features,
        gtscore,
        found["picks"],
        found["n_frames"],
        found["change_points"],
        found["user_summary"],
        found.get("user_scores", np.empty((0, found["n_picks"]))),
    )
