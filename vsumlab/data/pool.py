"""The videos of a run: those of the dataset that is evaluated, and of the others that are trained on."""

from __future__ import annotations

from collections.abc import Mapping

from vsumlab.core.backbone_identity import described, same_network
from vsumlab.core.video import VideoFeatures
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.feature_file.several import SeveralFiles
from vsumlab.data.fingerprint import Fingerprint, fingerprint
from vsumlab.errors import UserError


class VideoPool:
    """Several feature files as one.

    The evaluated dataset's videos go by their own keys, the others' by `DATASET/KEY`.

    Args:
        evaluated: The feature file of the dataset that is evaluated.
        others: Those of datasets that are only trained on, by name.

    Attributes:
        feature_dim: D, the same for all.
        backbone: The network of the features, where a file says it.
        other_keys: The others' videos, without those of several files.
        several: Datasets of several files, by name, of which each process has a share.

    Raises:
        UserError: If features of two files are of different networks, by what the files say, by their
            dimensions or by their signs.
    """

    def __init__(self, evaluated: VideoFile, others: Mapping[str, VideoFile | SeveralFiles]) -> None:
        self.evaluated = evaluated
        self.others = dict(others)
        self.feature_dim = evaluated.feature_dim
        one_file = {name: file for name, file in others.items() if isinstance(file, VideoFile)}
        self.several = {name: files for name, files in others.items() if isinstance(files, SeveralFiles)}
        self.other_keys = tuple(f"{name}/{key}" for name, file in one_file.items() for key in file.keys)
        self.backbone = evaluated.backbone
        for file in one_file.values():
            self._check_network(file)

    def _check_network(self, file: VideoFile | SeveralFiles) -> None:
        evaluated = self.evaluated
        if self.backbone and file.backbone and not same_network(file.backbone, self.backbone):
            raise UserError(
                f"{file.path}: features of {described(file.backbone)}, but others are of "
                f"{described(self.backbone)}: take features of one network for all"
            )
        self.backbone = self.backbone or file.backbone
        if file.feature_dim != self.feature_dim:
            raise UserError(
                f"{file.path}: features of {file.feature_dim} dimensions, but {evaluated.path} has "
                f"{self.feature_dim}: take features of one network for both"
            )
        if file.signed != evaluated.signed:
            signed, other = (file, evaluated) if file.signed else (evaluated, file)
            raise UserError(
                f"{signed.path}: features of both signs, but {other.path} has none below 0: take "
                "features of one network for both, with data.file=FILE.h5"
            )

    def share(self, rank: int, n_processes: int) -> tuple[str, ...]:
        """Opens a process's share of the datasets of several files.

        Returns:
            The keys of its videos.

        Raises:
            UserError: If a file is unusable, or of another network.
        """
        own: list[str] = []
        for name, files in self.several.items():
            keys = files.share(rank, n_processes)
            if keys:
                self._check_network(files)
            own += (f"{name}/{key}" for key in keys)
        return tuple(own)

    def video(self, key: str) -> VideoFeatures:
        """Reads what a method sees of a video."""
        file, own_key = self._locate(key)
        return file.features(own_key)

    def fingerprint(self, key: str) -> Fingerprint:
        """What tells a video's features from any other's."""
        file, own_key = self._locate(key)
        if isinstance(file, SeveralFiles):
            return fingerprint(file.features(own_key).features)
        return file.fingerprints[own_key]

    def is_labelled(self, key: str) -> bool:
        """Whether a video can be trained on with labels."""
        file, own_key = self._locate(key)
        return own_key in file.labelled

    def _locate(self, key: str) -> tuple[VideoFile | SeveralFiles, str]:
        name, _, own_key = key.partition("/")
        return (self.others[name], own_key) if own_key else (self.evaluated, key)
