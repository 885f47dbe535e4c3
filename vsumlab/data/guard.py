"""No test video is trained on: checked by key and by content, on every run."""

from __future__ import annotations

from collections.abc import Sequence

from vsumlab.data.fingerprint import twins
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.errors import UserError


def check_no_leak(pool: VideoPool, folds: Sequence[Fold]) -> dict[str, int]:
    """Refuses folds that train on a test video, under whatever key or dataset.

    Returns:
        For the record, how many fingerprints of features were compared: `train_videos` and `test_videos`,
        over all folds.

    Raises:
        UserError: Naming the first such video, both its keys, and the fold.
    """
    for fold in folds:
        train, test = ([*map(pool.fingerprint, keys)] for keys in (fold.train, fold.test))
        pairs = [(fold.train.index(key), place) for place, key in enumerate(fold.test) if key in fold.train]
        for index, twin in (*pairs, *twins(train, test)):
            raise UserError(
                f"fold {fold.index}: the test video {fold.test[twin]} is trained on as {fold.train[index]}, "
                "with the same features: take it out of one of the two"
            )
    return {
        "train_videos": sum(len(fold.train) for fold in folds),
        "test_videos": sum(len(fold.test) for fold in folds),
    }


def check_labels(pool: VideoPool, folds: Sequence[Fold]) -> None:
    """Refuses supervised training on a dataset without labels.

    Raises:
        UserError: Naming its file.
    """
    for fold in folds:
        for key in fold.train:
            if not pool.has_gtscore(key):
                name = key.rpartition("/")[0] or "the evaluated dataset"
                path = pool.others[name].path if name in pool.others else pool.evaluated.path
                raise UserError(
                    f"{path}: {name} has no gtscore to train on with supervision: use a file that has it, "
                    "leave the dataset out with '~setting.others.NAME', or train without supervision"
                )
