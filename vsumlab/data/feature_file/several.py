"""Several feature files of one dataset that is only trained on, too large for one file or one process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from vsumlab.core.backbone_identity import Identity, identity_in, same_network
from vsumlab.core.files import is_file
from vsumlab.core.natural_order import natural_order
from vsumlab.core.video import VideoFeatures
from vsumlab.data.feature_file.hdf5 import opened
from vsumlab.data.feature_file.reader import is_signed, read_features
from vsumlab.errors import UserError


class SeveralFiles:
    """Feature files of one dataset, each opened by the processes alone that have a share of its videos.

    Nothing is opened before a process takes its share, of which it then knows the keys. A video is checked
    when it is read. Its key is FILE.h5/KEY.

    Args:
        paths: The files, of different names.

    Attributes:
        path: The first one, to name them by.
        names: Of all, in order.
        feature_dim: D of the first video of the share; None before there is one.
        backbone: The network of the features, where an own file says it.
        signed: Whether the features of that video are of both signs.
        labelled: No video: what has labels fits one file.

    Raises:
        UserError: If two files have one name.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = {path.name: path for path in sorted(paths, key=lambda path: natural_order(path.name))}
        self.names = tuple(self._paths)
        self.path = self._paths[self.names[0]]
        self.feature_dim: int | None = None
        self.backbone: Identity | None = None
        self.signed = False
        self.labelled: frozenset[str] = frozenset()
        if len(self.names) < len(paths):
            raise UserError(
                f"{self.path.parent}: of {len(paths)} feature files some have one name: rename them"
            )

    def share(self, rank: int, n_processes: int) -> tuple[str, ...]:
        """Opens a process's own files.

        All files in a row are cut into equally long pieces. Where their number is a multiple of the
        processes', no file is cut; else two processes may each have a piece of one.

        Args:
            rank: Which process, from 0.
            n_processes: How many there are.

        Returns:
            The keys of its videos.

        Raises:
            UserError: If a file cannot be read, holds no videos or has features of another network.
        """
        n_files = len(self.names)
        first, last = rank * n_files, (rank + 1) * n_files  # in n_processes-ths of a file
        own: list[str] = []
        for place in range(first // n_processes, -(-last // n_processes)):
            keys = self._keys(self.names[place])
            begin, end = (
                min(max(cut - place * n_processes, 0), n_processes) * len(keys) // n_processes
                for cut in (first, last)
            )
            own += keys[begin:end]
        if own:
            features = self.features(own[0]).features
            self.feature_dim, self.signed = features.shape[1], is_signed(features)
        return tuple(own)

    def _keys(self, name: str) -> list[str]:
        path = self._paths[name]
        with opened(path) as file:
            backbone = identity_in(file.attrs)
            keys = sorted(map(str, file), key=natural_order)
        if not keys:
            raise UserError(f"{path}: found no videos; expected one group for each video; write it anew")
        if backbone and self.backbone and not same_network(backbone, self.backbone):
            raise UserError(f"{path}: features of another network than files before it: take those of one")
        self.backbone = self.backbone or backbone
        return [f"{name}/{key}" for key in keys]

    def features(self, key: str) -> VideoFeatures:
        """Reads a video.

        Raises:
            UserError: It is not as `schema.SCHEMA` says, or has other dimensions than the first one.
        """
        name, _, own_key = key.partition("/")
        path = self._paths[name]
        video = read_features(path, own_key)
        found = video.features.shape[1]
        if self.feature_dim not in (None, found):
            raise UserError(
                f"{path}: {own_key}: features: found {found} dimensions; expected {self.feature_dim} as in "
                "the others; extract all videos with one network"
            )
        return video

    def are_there(self) -> bool:
        """Whether all files are."""
        return all(map(is_file, self._paths.values()))

    def record(self) -> dict[str, str]:
        """What a run depends on, as of one file; the checksum is one of names and sizes.

        One of the contents would take hours of reading what other processes read.
        """
        sizes = "".join(f"{path.stat().st_size} {name}\n" for name, path in self._paths.items())
        checksum = hashlib.sha256(sizes.encode()).hexdigest()
        return {"file": f"{self.path} and {len(self.names) - 1} more", "sha256": checksum}
