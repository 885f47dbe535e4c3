"""What is in a feature file and all that is wrong with it, where the reader stops at the first fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import numpy.typing as npt
import torch

from vsumlab.core.hdf5_array import DAMAGE
from vsumlab.core.natural_order import natural_order
from vsumlab.data.feature_file.contents import contents
from vsumlab.data.feature_file.hdf5 import opened
from vsumlab.data.fingerprint import Fingerprint, close, fingerprint
from vsumlab.errors import UserError, one_line
from vsumlab.summary.keyshots import budget

TRAINED_ON = ("features", "gtscore")
"""The keys that training reads."""


class Use(Enum):
    """What a feature file is good for."""

    EVALUATION = "can be trained on and evaluated"
    TRAINING = "can be trained on, not evaluated"
    TRAINING_UNTIL_MENDED = "can be trained on, but not evaluated until this is mended"
    NONE = "cannot be used until this is mended"


class Fault(NamedTuple):
    """Something wrong.

    Attributes:
        key: The key it is in; empty where it is the whole video.
        text: What a user reads.
        spoils: Whether it keeps a file from what it is meant for; else the file is of use, but not for all.
    """

    key: str
    text: str
    spoils: bool = True


@dataclass(frozen=True)
class Inspected:
    """A video: its sizes are None where what is wrong hides them.

    Attributes:
        key: The video.
        n_picks: T.
        dim: D.
        dtype: Of the features in the file.
        n_frames: N.
        n_shots: S.
        n_users: U.
        has_user_scores: Whether it has usable `user_scores`.
        has_gtscore: Whether it has a usable `gtscore`.
        fingerprint: Of its features.
        faults: All that is wrong with it.
    """

    key: str
    n_picks: int | None = None
    dim: int | None = None
    dtype: str = ""
    n_frames: int | None = None
    n_shots: int | None = None
    n_users: int | None = None
    has_user_scores: bool = False
    has_gtscore: bool = False
    fingerprint: Fingerprint | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def can_be_trained_on(self) -> bool:
        """Whether nothing is wrong with what training reads."""
        return all(fault.key and fault.key not in TRAINED_ON for fault in self.faults)

    @property
    def can_be_evaluated(self) -> bool:
        """Whether nothing is wrong that keeps it from being evaluated."""
        return not any(fault.spoils for fault in self.faults)

    @property
    def lacks_summaries(self) -> bool:
        """Whether it has no key-shot summaries to be evaluated against."""
        return any(fault.key == "user_summary" for fault in self.faults)


@dataclass(frozen=True)
class Inspection:
    """A feature file.

    Attributes:
        path: The file.
        quantized: Whether the file says that its features are.
        videos: In natural order.
        strays: What is in the file outside any video.
    """

    path: Path
    quantized: bool
    videos: Sequence[Inspected]
    strays: Sequence[str] = field(default=())

    @property
    def use(self) -> Use:
        """What the file is good for.

        A file in which no video has key-shot summaries is meant for training alone. One in which some have
        them is meant for evaluation.
        """
        if self.strays or not all(video.can_be_trained_on for video in self.videos):
            return Use.NONE
        if all(video.can_be_evaluated for video in self.videos):
            return Use.EVALUATION
        if all(video.lacks_summaries for video in self.videos):
            return Use.TRAINING
        return Use.TRAINING_UNTIL_MENDED


def inspect_file(path: Path) -> Inspection:
    """Looks through a feature file, one video in memory at a time.

    Raises:
        UserError: If it is no HDF5 file, or has no groups.
    """
    videos, strays = [], []
    with opened(path) as file:
        quantized = bool(file.attrs.get("quantized", False))
        for key in sorted(map(str, file), key=natural_order):
            try:
                item = file[key]
                if isinstance(item, h5py.Group):
                    videos.append(_video(key, item))
                else:
                    strays.append(key)
            except DAMAGE as error:
                fault = Fault("", f"found what cannot be read ({one_line(error)}); write it anew")
                videos.append(Inspected(key, faults=(fault,)))
    if not videos and not strays:
        raise UserError(f"{path}: found no videos; expected one group for each video; write it anew")
    return Inspection(path, quantized, _compared(videos), strays)


def _video(key: str, group: h5py.Group) -> Inspected:
    found, wrong = contents(group, "annotations")
    faults = [Fault(error.key, one_line(error)) for error in wrong]
    if "change_points" in found:
        faults += no_choice(found["change_points"], found["n_frames"])
    inspected = Inspected(
        key,
        n_picks=found.get("n_picks"),
        n_frames=found.get("n_frames"),
        n_shots=len(found["change_points"]) if "change_points" in found else None,
        n_users=found.get("n_users"),
        has_user_scores="user_scores" in found,
        has_gtscore="gtscore" in found,
        faults=tuple(faults),
    )
    if "features" not in found:
        return inspected
    features = torch.from_numpy(found["features"])
    return replace(
        inspected,
        dim=features.shape[1],
        dtype=str(group["features"].dtype),
        fingerprint=fingerprint(features),
    )


def no_choice(shots: npt.NDArray[np.int64], n_frames: int) -> list[Fault]:
    """What is wrong with shots (S, 2) that leave nothing to choose, so that all scores get one summary.

    Shots longer than the budget are never in a summary; there is a choice where the others do not all fit in.

    >>> [fault.text for fault in no_choice(np.array([[0, 9], [10, 19], [20, 99]]), 100)]
    []
    """
    lengths, most = shots[:, 1] - shots[:, 0] + 1, budget(n_frames)
    fitting = lengths[lengths <= most]
    if fitting.sum() > most:
        return []
    if len(shots) == 1:
        found = "a single shot,"
    else:
        found = f"{len(shots)} shots, all" + (f" but {len(fitting)}" if len(fitting) else "")
    summary = "the same" if len(fitting) else "empty"
    text = (
        f"change_points: found {found} longer than the {most} frames of a summary; its summary is {summary} "
        "whatever the scores, so F1 says nothing; cut the video into shorter shots, or judge its scores by "
        "rank correlations alone"
    )
    return [Fault("change_points", text, spoils=False)]


def _compared(videos: Sequence[Inspected]) -> list[Inspected]:
    """The same videos, with what is wrong with some in view of others."""
    whole = [video for video in videos if video.fingerprint]
    same_dim = [video for video in whole if video.dim == whole[0].dim]
    fingerprints = [video.fingerprint for video in same_dim if video.fingerprint]
    first: dict[str, str] = {}  # a video's key to that of the first one with the same features
    for index, other in close(fingerprints, fingerprints, tolerance=1e-5):
        first.setdefault(same_dim[index].key, same_dim[other].key)
    compared = []
    for video in videos:
        faults = list(video.faults)
        if video.fingerprint:
            if video.dim != whole[0].dim:
                text = f"found {video.dim} dimensions; expected {whole[0].dim} as in {whole[0].key}"
                faults.append(Fault("features", f"features: {text}; extract all videos with one network"))
            twin = first.get(video.key, video.key)
            if twin != video.key:
                text = (
                    f"found the features of {twin}; expected those of another video; take one of the two out"
                )
                faults.append(Fault("fingerprint", text))
        compared.append(replace(video, faults=tuple(faults)))
    return compared
