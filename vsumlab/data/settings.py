"""What is trained on, for a dataset that is evaluated: one class a setting, named by `conf/setting`."""

from __future__ import annotations

from vsumlab.data.dataset import Dataset
from vsumlab.data.folds import Fold, draw_folds, read_folds
from vsumlab.data.reader import VideoFile


class Canonical:
    """Train on four fifths of the evaluated dataset, test on the rest (csnet, table 1).

    Args:
        name: What tables and published figures call the setting.
        n_folds: How many folds to draw.
        fold_seed: What they are drawn from; apart from the run's own seed, so that runs with different seeds
            are tested on the same folds.
    """

    def __init__(self, name: str, n_folds: int, fold_seed: int) -> None:
        self.name = name
        self.n_folds = n_folds
        self.fold_seed = fold_seed

    def folds(self, dataset: Dataset, videos: VideoFile) -> list[Fold]:
        """The folds of the dataset's split file, or drawn ones.

        Raises:
            UserError: If the split file cannot be used, or there are fewer videos than folds.
        """
        if dataset.splits is not None:
            return read_folds(dataset.splits, videos.keys)
        return draw_folds(videos.keys, self.n_folds, self.fold_seed)
