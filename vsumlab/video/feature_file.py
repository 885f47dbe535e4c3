"""Features of one's own videos as a feature file of the field's schema, written video by video."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

from vsumlab.core.backbone_identity import BACKBONE, Identity, described, identity_in, same_network
from vsumlab.core.hdf5_output import hdf5_output
from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError, first_line
from vsumlab.video.features import VideoFeatures
from vsumlab.video.people import ScoreTable

SOURCE = "source"
"""The attribute of a video's group that says which file it is of."""


class FeatureFile:
    """A feature file in the making.

    Each video is kept in a hidden folder next to the file as soon as it is done, so that an interrupted
    command goes on where it stopped; `join` makes the file of them. Videos of a file that is there are kept.

    Args:
        path: The file.
        identity: The network of its features, `Network.identity`.

    Raises:
        UserError: If the file that is there is not from here, or of another network.
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        self.path, self.identity = path, dict(identity)
        self.parts = path.with_name(f".{path.name}.unfinished")
        if path.exists():
            self._check(path)

    def has(self, key: str, video: Path) -> bool:
        """Whether a video is done, under whatever key: by its folder, name, size and time of change.

        Raises:
            UserError: If its key is that of another video.
        """
        done, own = self._sources(), source(video)
        there = done.get(key, own)
        if (there["folder"], there["name"]) != (own["folder"], own["name"]):
            raise UserError(
                f"{video}: {self.path} has another video of the name {key}, of "
                f"{there['folder']}/{there['name']}: rename one of them"
            )
        return own in done.values()

    def add(
        self,
        key: str,
        video: Path,
        found: VideoFeatures,
        shots: npt.NDArray[np.int64],
    ) -> None:
        """Keeps a video.

        Args:
            key: Its group.
            video: The file that it is of.
            found: Its features.
            shots: (S, 2).

        Raises:
            UserError: If it cannot be written.
        """
        part = self._part(key)
        unfinished = part.with_suffix(".writing")
        try:
            self.parts.mkdir(parents=True, exist_ok=True)
            with hdf5_output(unfinished) as file:
                file.attrs[BACKBONE] = json.dumps(self.identity)
                group = file.create_group(key)
                group.attrs[SOURCE] = json.dumps(source(video))
                group["features"], group["picks"] = found.features, found.picks
                group["n_frames"], group["n_steps"], group["fps"] = (
                    found.n_frames,
                    len(found.picks),
                    found.fps,
                )
                group["change_points"] = shots
                group["n_frame_per_seg"] = shots[:, 1] - shots[:, 0] + 1
                group["video_name"] = video.name.encode(errors="replace").decode()
            unfinished.replace(part)
        except (OSError, RuntimeError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise self._cannot_be_written(error) from error

    def join(self, people: ScoreTable | None = None) -> int:
        """Makes the file of all videos that are done; returns how many it has.

        Args:
            people: What people said of some of them, if that is to be in the file, too.

        Raises:
            UserError: If it cannot be written.
        """
        unfinished = self.path.with_name(f".{self.path.name}.writing")
        try:
            with hdf5_output(unfinished) as whole:
                whole.attrs[BACKBONE] = json.dumps(self.identity)
                parts = [part for part in sorted(self.parts.glob("*.h5")) if self._is_own(part)]
                if self.path.exists():
                    self._check(self.path)
                    parts.append(self.path)
                for file in parts:
                    with h5py.File(file) as part:
                        for key in part.keys() - whole.keys():
                            part.copy(part[key], whole, name=key)
                if people:
                    annotate(whole, people)
                n_videos = len(whole)
            unfinished.replace(self.path)
        except (OSError, RuntimeError) as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise self._cannot_be_written(error) from error
        shutil.rmtree(self.parts, ignore_errors=True)
        return n_videos

    def _cannot_be_written(self, error: OSError | RuntimeError) -> UserError:
        why = getattr(error, "strerror", None) or first_line(error)
        return UserError(f"{self.path}: cannot be written ({why}): make room or choose another place")

    def _part(self, key: str) -> Path:
        return self.parts / f"{hashlib.sha256(key.encode(errors='surrogateescape')).hexdigest()[:32]}.h5"

    def _check(self, path: Path) -> None:
        found = identity_of(path)
        if found is None:
            raise UserError(f"{path}: is there, and not from vsumlab extract: name another file")
        if not same_network(found, self.identity):
            raise UserError(
                f"{path}: has features of {described(found)}, not of {described(self.identity)}: name "
                "another file"
            )

    def _is_own(self, file: Path) -> bool:
        found = identity_of(file)
        return found is not None and same_network(found, self.identity)

    def _sources(self) -> dict[str, dict[str, Any]]:
        """Which file each video that is done is of, by key."""
        found: dict[str, dict[str, Any]] = {}
        for path in (self.path, *sorted(self.parts.glob("*.h5"))):
            if self._is_own(path):
                with h5py.File(path) as file:
                    found |= {key: json.loads(group.attrs[SOURCE]) for key, group in file.items()}
        return found


def annotate(file: h5py.File, table: ScoreTable) -> None:
    """Adds to the videos of a file what people said of them."""
    names = {key: group["video_name"].asstr()[()] for key, group in file.items()}
    for key, name in table.names_of(names).items():
        group = file[key]
        shots = group["change_points"][()].astype(np.int64)
        timeline = Timeline(group["picks"][()], int(group["n_frames"][()]), shots, float(group["fps"][()]))
        for entry, values in table.people(name, timeline)._asdict().items():
            if entry in group:
                del group[entry]
            group[entry] = values.astype(np.uint8) if values.dtype == bool else values


def identity_of(path: Path) -> Identity | None:
    """The network of a file's features, where there is a file that says so."""
    try:
        with h5py.File(path) as file:
            return identity_in(file.attrs)
    except (OSError, RuntimeError):
        return None


def source(video: Path) -> dict[str, Any]:
    """What tells a video's file from others, and from itself when it has changed."""
    stat = video.stat()
    name = video.name.encode(errors="replace").decode()
    folder = video.resolve().parent.name.encode(errors="replace").decode()
    return {"folder": folder, "name": name, "size": stat.st_size, "changed": stat.st_mtime_ns}
