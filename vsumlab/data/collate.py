"""From videos to a padded batch of float features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch.nn.utils.rnn import pad_sequence

from vsumlab.core.batch import Batch
from vsumlab.core.video import VideoFeatures
from vsumlab.data.quantization import as_floats, dequantize


def collate(videos: Sequence[VideoFeatures]) -> Batch:
    """Pads videos into a batch; quantized features stay bytes where all are, so that little is copied."""
    features = [video.features for video in videos]
    if len({each.dtype for each in features}) > 1:
        features = [as_floats(each) for each in features]
    gtscores = [video.gtscore for video in videos if video.gtscore is not None]
    return Batch(
        keys=tuple(video.key for video in videos),
        features=pad_sequence(features, batch_first=True),
        lengths=torch.tensor([len(each) for each in features]),
        gtscore=pad_sequence(gtscores, batch_first=True) if len(gtscores) == len(videos) else None,
        timings=tuple(video.timing for video in videos),
    )


def dequantized(batch: Batch) -> Batch:
    """The same batch with float32 features, 0 in the padding."""
    if batch.features.dtype != torch.uint8:
        return batch
    return replace(batch, features=dequantize(batch.features) * batch.mask.unsqueeze(-1))
