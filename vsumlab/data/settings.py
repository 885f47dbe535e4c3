"""What is trained on, for a dataset that is evaluated: `conf/setting` names one of these classes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vsumlab.checks import SEEDS, check_paths, check_texts
from vsumlab.data.dataset import Dataset, found_files, is_there
from vsumlab.data.feature_file.reader import VideoFile, open_videos
from vsumlab.data.feature_file.several import SeveralFiles
from vsumlab.data.folds import Fold, draw_folds, n_folds_in, read_folds
from vsumlab.data.pool import VideoPool
from vsumlab.entries import check_whole, refusal
from vsumlab.errors import UserError


class Setting(ABC):
    """What is trained on.

    Args:
        name: What tables and published figures call it.
        folder: Where the other datasets' feature files are looked for.
        others: The feature files of datasets that are trained on besides the evaluated one, by name: one
            each, or several, as a list or a glob.
        make: Makes one of these files where it is missing, if it is one that can be made.

    Raises:
        UserError: If a value makes no sense, or one of the others names no file.
    """

    def __init__(
        self,
        name: str,
        folder: str = "",
        others: Mapping[str, str | Sequence[str]] | None = None,
        make: Callable[[Path], None] | None = None,
    ) -> None:
        check_texts({"name": name}, "name", prefix="setting.")
        if folder != "":
            check_paths({"folder": folder}, "folder", prefix="setting.")
        if others is not None and not isinstance(others, Mapping):
            raise refusal("setting.others", others, "feature files by name")
        self.name = name
        self.make = make
        self.folder = Path(folder)
        self.others = dict(others or {})
        for other, file in self.others.items():
            if not file:
                raise UserError(
                    f"setting.others.{other}: names no file: write setting.others.{other}=FILE.h5, or leave "
                    f"it out with '~setting.others.{other}'"
                )
            for each in names_in(file):
                check_paths({other: each}, other, prefix="setting.others.")

    def open(self, videos: VideoFile) -> VideoPool:
        """Opens the other datasets, to go with the evaluated one's videos.

        Raises:
            UserError: If a file is missing or unusable, or its features have another dimension.
        """
        return VideoPool(videos, {name: self._open(name) for name in self.others})

    def files(self) -> dict[str, Path]:
        """The other datasets' feature files, by name, without those of several files."""
        return {name: paths[0] for name, paths in self._paths().items() if len(paths) == 1}

    def several(self) -> dict[str, SeveralFiles]:
        """The other datasets of several feature files, by name.

        Raises:
            UserError: If two files of one have one name.
        """
        return {name: SeveralFiles(paths) for name, paths in self._paths().items() if len(paths) > 1}

    def _paths(self) -> dict[str, list[Path]]:
        """The files that are named; a glob stands for those that are there, or for itself if none is."""
        return {
            name: [path for each in names_in(named) for path in found_files(self.folder, Path(each))]
            for name, named in self.others.items()
        }

    def _open(self, name: str) -> VideoFile | SeveralFiles:
        several = self.several()
        if name in several:
            return several[name]
        path = self.files()[name]
        if not is_there(path, self.make):
            raise UserError(
                f"{name}: no feature file {path}, which setting={self.name} trains on: get it (docs/data.md "
                f"says how) and put it there, or name another place with paths.data=FOLDER or "
                f"setting.others.{name}=FILE.h5"
            )
        return open_videos(path, evaluated=False)

    @abstractmethod
    def n_folds(self, dataset: Dataset) -> int:
        """How many folds there are, without a look at the videos.

        Raises:
            UserError: If the dataset's split file cannot be read.
        """

    @abstractmethod
    def folds(self, dataset: Dataset, pool: VideoPool) -> list[Fold]:
        """The folds, each testing videos of the evaluated dataset alone.

        Raises:
            UserError: If they cannot be had.
        """


def names_in(named: Any) -> Sequence[Any]:
    """One name of a file or several, as a sequence."""
    return named if isinstance(named, Sequence) and not isinstance(named, str) else [named]


class Folds(Setting):
    """Train on four fifths of the evaluated dataset and all of the others, test on the rest (csnet, table 1).

    Without others this is the canonical setting, with them the augmented one.

    Args:
        name: See `Setting`.
        n_folds: How many folds to draw.
        fold_seed: What they are drawn from; apart from the run's own seed, so that runs with different seeds
            are tested on the same folds.
        folder: See `Setting`.
        others: See `Setting`.
        make: See `Setting`.

    Raises:
        UserError: If a value makes no sense.
    """

    def __init__(
        self,
        name: str,
        n_folds: int,
        fold_seed: int,
        folder: str = "",
        others: Mapping[str, str | Sequence[str]] | None = None,
        make: Callable[[Path], None] | None = None,
    ) -> None:
        super().__init__(name, folder, others, make)
        check_whole({"n_folds": n_folds, "fold_seed": fold_seed}, "setting.", n_folds=2, fold_seed=SEEDS)
        self.drawn = n_folds
        self.fold_seed = fold_seed

    def n_folds(self, dataset: Dataset) -> int:
        """As many as the dataset's split file has, or as are drawn."""
        return self.drawn if dataset.splits is None else n_folds_in(dataset.splits)

    def folds(self, dataset: Dataset, pool: VideoPool) -> list[Fold]:
        """The folds of the dataset's split file, or drawn ones, each trained on the others' videos too."""
        keys = pool.evaluated.keys
        if dataset.splits is not None:
            folds = read_folds(dataset.splits, keys)
        else:
            folds = draw_folds(keys, self.drawn, self.fold_seed)
        return [Fold(fold.index, (*fold.train, *pool.other_keys), fold.test) for fold in folds]


class Transfer(Setting):
    """Train on the other datasets alone, test on all of the evaluated one: a single fold (csnet, table 1)."""

    def n_folds(self, dataset: Dataset) -> int:
        """One."""
        return 1

    def folds(self, dataset: Dataset, pool: VideoPool) -> list[Fold]:
        """The one fold."""
        if dataset.splits is not None:
            raise UserError(f"data.splits={dataset.splits}: setting={self.name} has no folds: leave it out")
        if not pool.others:
            raise UserError(
                f"setting={self.name}: no dataset to train on: +setting.others.NAME=FILE.h5 adds one"
            )
        return [Fold(0, pool.other_keys, pool.evaluated.keys)]
