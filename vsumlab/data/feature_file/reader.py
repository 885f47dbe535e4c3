"""Reads feature files of the field's schema: one HDF5 group a video, checked once on opening."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import torch

from vsumlab.core.annotations import Annotations
from vsumlab.core.backbone_identity import identity_in
from vsumlab.core.files import is_file
from vsumlab.core.natural_order import natural_order
from vsumlab.core.timeline import USUAL_FPS, Timeline
from vsumlab.core.video import Timing, Video, VideoFeatures
from vsumlab.data.feature_file.contents import Part, contents
from vsumlab.data.feature_file.hdf5 import opened
from vsumlab.data.fingerprint import Fingerprint, fingerprint
from vsumlab.data.quantization import as_floats
from vsumlab.data.tvsum_annotations import AnnotationFile
from vsumlab.errors import UserError, one_line


def varies(gtscore: torch.Tensor | None) -> bool:
    """Whether there are scores, and not the same ones for all frames."""
    return gtscore is not None and bool((gtscore != gtscore[0]).any())


def is_signed(features: torch.Tensor) -> bool:
    """Whether more than a hundredth of features (T, D) are clearly below 0."""
    numbers = as_floats(features)
    return bool((numbers < -0.01 * numbers.abs().max()).float().mean() > 0.01)


class VideoFile:
    """A feature file of the field's schema, checked once on opening.

    Every video is read and checked when the file is opened, one after the other, and read again when it is
    asked for: memory holds one video, and the object can be pickled or forked since no file stays open.
    `videos[key]` is a video, `for video in videos` goes through all of them, `len(videos)` is their number.

    Attributes:
        path: The file.
        evaluated: Whether its videos can be evaluated, or only trained on.
        keys: The videos, in natural order.
        feature_dim: D, the same for all videos.
        backbone: The network of the features; None where the file does not say.
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
            UserError: The file cannot be read, or a video in it is not as `schema.SCHEMA` says, or the
                annotations cannot be used or are not of these videos.
        """
        self.path = Path(path)
        self.evaluated = evaluated
        self.annotations = None if annotations is None else AnnotationFile(annotations)
        with opened(self.path) as file:
            self.backbone = identity_in(file.attrs)
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
            self.fingerprints: dict[str, Fingerprint] = {}
            self.has_user_scores = evaluated
            self.signed = False
            labelled = set()
            for key in self.keys:
                found = self._contents(file, key, "annotations" if evaluated else "features")
                seen = _features(key, found)
                self._check_dim(seen)
                self.fingerprints[key] = fingerprint(seen.features)
                self.signed |= is_signed(seen.features)
                if varies(seen.gtscore):
                    labelled.add(key)
                if evaluated:
                    self.has_user_scores &= len(self._video(key, found).annotated.user_scores) > 0
            self.labelled = frozenset(labelled)

    def _check_dim(self, video: VideoFeatures) -> None:
        dim = video.features.shape[1]
        if not self.fingerprints:
            self.feature_dim: int = dim
        elif dim != self.feature_dim:
            raise UserError(
                f"{self.path}: {video.key}: features: found {dim} dimensions; expected {self.feature_dim} "
                f"as in {self.keys[0]}; extract all videos with one network"
            )

    def __len__(self) -> int:
        """The number of videos."""
        return len(self.keys)

    def __iter__(self) -> Iterator[Video]:
        """Reads one annotated video after the other, in the order of `keys`."""
        return map(self.__getitem__, self.keys)

    def __contains__(self, key: object) -> bool:
        """Whether there is a video of that key."""
        return key in self.keys

    def __repr__(self) -> str:
        use = "" if self.evaluated else ", only to train on"
        return f"VideoFile({str(self.path)!r}, {len(self)} videos, {self.feature_dim} dimensions{use})"

    def __getitem__(self, key: str) -> Video:
        """Reads an annotated video from disk.

        Raises:
            UserError: There is no such video, or the file has changed for the worse since it was opened.
        """
        self._check_key(key)
        with opened(self.path) as file:
            return self._video(key, self._contents(file, key, "annotations"))

    def features(self, key: str) -> VideoFeatures:
        """Reads what a method sees, without the annotations.

        Raises:
            UserError: There is no such video, or the file has changed for the worse since it was opened.
        """
        self._check_key(key)
        with opened(self.path) as file:
            return _features(key, self._contents(file, key, "timeline" if self.evaluated else "features"))

    def _check_key(self, key: str) -> None:
        if key not in self.fingerprints:  # of thousands of videos it finds one at once
            raise UserError(f"{self.path}: {key}: no such video; there are {', '.join(self.keys[:3])}, …")

    def _contents(self, file: h5py.File, key: str, part: Part) -> dict[str, Any]:
        """What `contents` finds right; the first thing that is wrong is an error."""
        return _right_contents(self.path, file, key, part)

    def _video(self, key: str, found: dict[str, Any]) -> Video:
        timeline = _timeline(found)
        user_summary = found["user_summary"]
        user_scores = found.get("user_scores", np.empty((0, timeline.n_picks)))
        if self.annotations is not None and not len(user_scores):
            user_scores = self.annotations.user_scores(key, timeline, len(user_summary), self.path)
        features = as_floats(torch.from_numpy(found["features"]))
        return Video(key, features, timeline, Annotations(user_summary, user_scores))


def read_features(path: Path, key: str) -> VideoFeatures:
    """Reads and checks a video that is only trained on, from a file of which nothing else is looked at.

    Raises:
        UserError: There is no such video, or it is not as `schema.SCHEMA` says.
    """
    with opened(path) as file:
        return _features(key, _right_contents(path, file, key, "features"))


def _right_contents(path: Path, file: h5py.File, key: str, part: Part) -> dict[str, Any]:
    found, wrong = contents(file[key], part)
    if wrong:
        raise UserError(f"{path}: {key}: {one_line(wrong[0])}")
    return found


def _features(key: str, found: dict[str, Any]) -> VideoFeatures:
    gtscore = torch.from_numpy(found["gtscore"]) if "gtscore" in found else None
    timing = Timing.of(_timeline(found)) if "picks" in found else None
    return VideoFeatures(key, torch.from_numpy(found["features"]), gtscore, timing)


def _timeline(found: dict[str, Any]) -> Timeline:
    return Timeline(found["picks"], found["n_frames"], found["change_points"], found.get("fps", USUAL_FPS))


def open_videos(path: Path, *, evaluated: bool = True, annotations: Path | None = None) -> VideoFile:
    """A `VideoFile`, opened and checked once a process however many folds ask for it.

    Raises:
        UserError: As `VideoFile`.
    """
    stamp = (path.stat().st_mtime_ns, path.stat().st_size) if is_file(path) else None
    return _opened_once(path, stamp, evaluated, annotations)


@lru_cache(maxsize=8)
def _opened_once(path: Path, stamp: Any, evaluated: bool, annotations: Path | None) -> VideoFile:
    return VideoFile(path, evaluated=evaluated, annotations=annotations)
