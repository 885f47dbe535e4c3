"""Divides videos into folds that test each of them once, or reads the field's split files."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vsumlab.core.files import check_file
from vsumlab.core.natural_order import natural_order
from vsumlab.core.plain_files import read_json, read_yaml
from vsumlab.errors import UserError, first_line, printable

SIDES = ("train_keys", "test_keys")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fold:
    """One division of a dataset into training and test videos.

    Attributes:
        index: Its place among the folds, from 0.
        train: The videos trained on.
        test: The videos tested, none of them in `train`.
        validation: Videos held out from `train` to choose an epoch on.
    """

    index: int
    train: tuple[str, ...]
    test: tuple[str, ...]
    validation: tuple[str, ...] = ()


def fewer(fold: Fold, n_train: int | None) -> Fold:
    """The fold with so many of its training videos, in their order; those of a smaller number are among them.

    Args:
        fold: Any.
        n_train: From 1 to as many as there are; None for all.

    Raises:
        UserError: If there are not so many.

    >>> fewer(Fold(0, ("a", "b", "c"), ("d",)), 2).train
    ('a', 'c')
    """
    if n_train is None:
        return fold
    if not 1 <= n_train <= len(fold.train):
        raise UserError(
            f"training_videos={n_train}: fold {fold.index} has {len(fold.train)}: choose from 1 to that, or "
            "null for all"
        )
    kept = np.random.default_rng(fold.index).permutation(len(fold.train))[:n_train]
    return replace(fold, train=tuple(fold.train[place] for place in sorted(kept.tolist())))


def draw_folds(keys: Sequence[str], n_folds: int, seed: int) -> list[Fold]:
    """Draws folds that test each video exactly once.

    The folds depend on the set of keys, `n_folds` and `seed` alone: not on the order of the keys, and no
    global random state is read or changed. Sizes of test sets differ by at most one.

    Args:
        keys: The videos, each once.
        n_folds: At least 2, at most the number of videos.
        seed: Of the draw, at least 0.

    Raises:
        UserError: There are fewer videos than folds, fewer than two folds, or a negative seed.
    """
    if not 2 <= n_folds <= len(keys):
        raise UserError(
            f"folds: found {n_folds} folds of {len(keys)} videos; choose from 2 to {len(keys)} folds"
        )
    if seed < 0:
        raise UserError(f"folds: found the seed {seed}; choose one of at least 0")
    ordered = sorted(keys, key=natural_order)
    fold_of = np.random.default_rng(seed).permutation(np.arange(len(ordered)) % n_folds)
    return [
        Fold(
            index,
            train=tuple(key for key, fold in zip(ordered, fold_of, strict=True) if fold != index),
            test=tuple(key for key, fold in zip(ordered, fold_of, strict=True) if fold == index),
        )
        for index in range(n_folds)
    ]


def chosen_indices(n_folds: int, choice: int | str) -> list[int]:
    """The folds that `fold=` names: all of them, or one.

    Raises:
        UserError: If there is no such fold.
    """
    if choice == "all":
        return list(range(n_folds))
    if type(choice) is not int or not 0 <= choice < n_folds:
        raise UserError(f"fold={choice}: no such fold: choose one of 0 to {n_folds - 1}, or all")
    return [choice]


def chosen_fold(folds: Sequence[Fold], choice: int) -> Fold:
    """One of the folds.

    Raises:
        UserError: If there is no such fold.
    """
    return folds[chosen_indices(len(folds), choice)[0]]


class Name(NamedTuple):
    """A video as a split file names it; the feature file is empty where the key carries no path."""

    file: str
    video: str

    @classmethod
    def of(cls, key: str) -> Name:
        """From `../datasets/file.h5/video_12`, or with backslashes, or `video_12`."""
        file, _, video = key.replace("\\", "/").rpartition("/")
        return cls(file, video)


def read_folds(path: Path | str, keys: Sequence[str]) -> list[Fold]:
    """Reads a split file: a list of `{"train_keys": [...], "test_keys": [...]}`, one object a fold.

    It is YAML where its name ends in .yml or .yaml, else JSON. A key may carry the path of a feature file
    (`.../file.h5/video_12`); its last component is the video, and all keys must carry the same path. Videos
    that are tested more than once or never are counted in one logged warning: the early split files of the
    field test 31 of TVSum's 50 videos.

    Args:
        path: The split file.
        keys: The dataset's videos.

    Raises:
        UserError: The file cannot be read, has another structure, names a video that is not in `keys`, names
            one twice in a fold, has a fold without training or without test videos, or names videos of
            several feature files, as the splits of augmented and transfer settings do.
    """
    path = Path(path)
    items = _load(path)
    sides = [tuple(_names(path, i, item, side) for side in SIDES) for i, item in enumerate(items)]
    _check_one_dataset(path, sides)
    folds = [
        Fold(index, *_videos(path, index, train, test, keys)) for index, (train, test) in enumerate(sides)
    ]
    _warn_unless_tested_once(path, folds, keys)
    return folds


def n_folds_in(path: Path | str) -> int:
    """How many folds a split file has.

    Raises:
        UserError: The file cannot be read, or is no list.
    """
    return len(_load(Path(path)))


def _load(path: Path) -> list[Any]:
    check_file(path, "give the path of a split file")
    read = read_yaml if path.suffix in (".yml", ".yaml") else read_json
    try:
        content = read(path)
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: cannot be read ({first_line(error)}); give a split file") from error
    if not isinstance(content, list) or not content:
        raise UserError(
            f"{path}: found {type(content).__name__} of no folds; expected a list, an object for each fold"
        )
    return content


def _names(path: Path, index: int, item: Any, side: str) -> list[Name]:
    names = item.get(side) if isinstance(item, dict) else None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise UserError(
            f"{path}: fold {index}: {side}: found {_shown(names)}; expected a list of one video or more"
        )
    return [Name.of(name) for name in names]


def _shown(names: Any) -> str:
    try:
        return str(names)[:40]
    except (ValueError, RecursionError):  # of a number or of lists in lists that Python does not write
        return f"a {type(names).__name__}"


def _check_one_dataset(path: Path, folds: Sequence[Sequence[Sequence[Name]]]) -> None:
    """Refuses names that carry several feature files: the same key there is another video."""
    trained, tested = (
        {name.file or "the dataset" for fold in folds for name in fold[side]} for side in range(2)
    )
    if len(tested) > 1:
        raise UserError(
            f"{path}: test_keys: found videos of {_some(sorted(tested))}; expected all of one feature file; "
            "give a split file that tests one dataset"
        )
    if other := sorted(trained - tested):
        setting = "augmented" if trained & tested else "transfer"
        raise UserError(
            f"{path}: train_keys: found videos of {_some(other)} next to test videos of {_some([*tested])}; "
            f"expected all of one feature file; use setting={setting} instead, without data.splits, to "
            "train on other datasets"
        )


def _videos(
    path: Path, index: int, train: Sequence[Name], test: Sequence[Name], keys: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    where = f"{path}: fold {index}"
    sides = tuple(name.video for name in train), tuple(name.video for name in test)
    for side, videos in zip(SIDES, sides, strict=True):
        if unknown := sorted(set(videos) - set(keys), key=natural_order):
            raise UserError(
                f"{where}: {side}: found {_some(unknown)}, not in the dataset of {len(keys)} videos; "
                "give the split file of this dataset"
            )
    if twice := [key for key, count in Counter(sides[0] + sides[1]).items() if count > 1]:
        raise UserError(
            f"{where}: found {_some(twice)} more than once; expected each video on one side, once"
        )
    return sides


def _warn_unless_tested_once(path: Path, folds: Sequence[Fold], keys: Sequence[str]) -> None:
    tested = Counter(key for fold in folds for key in fold.test)
    for words, odd in (
        ("tested more than once", [key for key in keys if tested[key] > 1]),
        ("never tested", [key for key in keys if not tested[key]]),
    ):
        if odd:
            log.warning("%s: %d of %d videos %s: %s", path, len(odd), len(keys), words, _some(odd))


def _some(keys: Sequence[str]) -> str:
    return printable(", ".join(keys[:3]), 200) + (", …" if len(keys) > 3 else "")
