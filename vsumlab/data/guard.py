"""No test video is trained on: checked by key and by content, on every run."""

from __future__ import annotations

from vsumlab.core.video import VideoFeatures
from vsumlab.data.fingerprint import close, fingerprint, same_video
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool
from vsumlab.errors import UserError


def check_no_leak(pool: VideoPool, fold: Fold) -> dict[str, int]:
    """Refuses a fold that trains on a test video, under whatever key or dataset.

    Returns:
        For the record, how many fingerprints of features were compared: `train_videos` and `test_videos`.

    Raises:
        UserError: Naming the first such video, both its keys, and the fold.
    """
    trained = (*fold.train, *fold.validation)
    train, test = ([*map(pool.fingerprint, keys)] for keys in (trained, fold.test))
    pairs = [(key, key) for key in fold.test if key in trained]
    pairs += [(trained[i], fold.test[j]) for i, j in close(train, test)]
    for key, tested in pairs:
        if key == tested or same_video(pool.video(key).features, pool.video(tested).features):
            raise _leak(fold, key, tested)
    return {"train_videos": len(train), "test_videos": len(test)}


def read_unless_tested(pool: VideoPool, fold: Fold, key: str) -> VideoFeatures:
    """A training video of several files: reading them all before training would take as long as an epoch.

    Raises:
        UserError: It is a test video of the fold.
    """
    video = pool.video(key)
    test = [*map(pool.fingerprint, fold.test)]
    for _, i in close([fingerprint(video.features)], test):
        if same_video(video.features, pool.video(fold.test[i]).features):
            raise _leak(fold, key, fold.test[i])
    return video


def _leak(fold: Fold, key: str, tested: str) -> UserError:
    return UserError(
        f"fold {fold.index}: the test video {tested} is trained on as {key}, with the same features: take it "
        "out of one of the two"
    )


def check_labels(pool: VideoPool, fold: Fold) -> None:
    """Refuses supervised training on a dataset without labels.

    Raises:
        UserError: Naming its file, and the first video without.
    """
    for name, files in pool.several.items():
        raise UserError(
            f"{files.path}: {name} has several files, which are trained on without supervision: leave it out "
            f"with '~setting.others.{name}', or name one file"
        )
    for key in (*fold.train, *fold.validation):
        if not pool.is_labelled(key):
            name, own = key.split("/", 1) if "/" in key else ("", key)
            path = pool.others[name].path if name else pool.evaluated.path
            leave_out = f", leave it out with '~setting.others.{name}'" if name else ""
            raise UserError(
                f"{path}: {own} of {name or 'the evaluated dataset'} has no gtscore, or a constant one, "
                f"to train on with supervision: use a file that has it{leave_out}, or train without"
            )
