"""Batches of a feature file that is only trained on."""

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.data.pool import VideoPool


def training_data(file, batch_size, workers=0):
    """A data module that trains on all videos of a file and tests none."""
    data = VideoDataModule(None, None, 0, batch_size, seed=0, workers=workers)
    data.pool, data.fold = VideoPool(file, {}), Fold(0, file.keys, ())
    return data
