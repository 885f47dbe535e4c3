"""Features of a video at its picks: decoding goes ahead in a thread while the network runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from vsumlab.errors import UserError, needs_extra
from vsumlab.video.ahead import ahead
from vsumlab.video.backbone import Network
from vsumlab.video.decoding import upright
from vsumlab.video.source import Reading, SourceVideo, picked

with needs_extra("video"):
    from av import VideoFrame
    from av.video.reformatter import Interpolation

Item = TypeVar("Item")

BATCH = 16
"""Frames that a network is given at once: more are no faster on a CPU."""

MIN_PICKS = 2
"""A video of a single pick has nothing to choose from."""


@dataclass(frozen=True, eq=False)
class VideoFeatures:
    """What a network sees of a video.

    Attributes:
        features: (T, D) float32, at the picks, each of unit length.
        picks: (T,) int64, the frames that they were taken at, two a second.
        n_frames: N.
        fps: Frames a second.
        remarks: What a reader has to know of damage, a sentence each.
        decoding_seconds: How long decoding took; the network ran meanwhile.
        network_seconds: How long the network took.
    """

    features: npt.NDArray[np.float32]
    picks: npt.NDArray[np.int64]
    n_frames: int
    fps: float
    remarks: tuple[str, ...]
    decoding_seconds: float
    network_seconds: float


def extract_features(
    source: SourceVideo, network: Network, progress: Callable[[float], None] = lambda seconds: None
) -> VideoFeatures:
    """Runs a network on the frames of a video at its picks.

    Memory holds a few batches of frames and the features, whatever the length. A picture that is shown at
    several picks is run once.

    Args:
        source: The video.
        network: The backbone's.
        progress: Called now and then, with the seconds of video that are done.

    Raises:
        UserError: If the video has fewer than two picks.
    """
    reading, size = source.read(), network.backbone.size
    decoding, running = Stopwatch(), Stopwatch()
    features, picks = [], []
    for batch_picks, images in ahead(decoding.timed(batches(reading, source, size)), n_waiting=2):
        with running:
            found = network(images)
        for own, feature in zip(batch_picks, found, strict=True):
            picks += own
            features += [feature] * len(own)
        progress(float(picks[-1] / source.fps))
    if len(picks) < MIN_PICKS:
        raise UserError(f"{source.path}: {of_length(reading)}: take a video of a second or more")
    return VideoFeatures(
        np.stack(features),
        np.array(picks),
        reading.n_frames,
        float(source.fps),
        reading.remarks,
        decoding.seconds,
        running.seconds,
    )


def batches(
    reading: Reading, source: SourceVideo, size: int
) -> Iterator[tuple[list[list[int]], npt.NDArray[np.uint8]]]:
    """The pictures at the picks, some at a time: which picks each is shown at, and (N, size, size, 3) RGB."""
    picks: list[list[int]] = []
    images: list[npt.NDArray[np.uint8]] = []
    for own, picture in picked(reading, source.fps):
        picks.append(own)
        images.append(resized(picture, size))
        if len(images) == BATCH:
            yield picks, np.stack(images)
            picks, images = [], []
    if images:
        yield picks, np.stack(images)


def resized(picture: VideoFrame, size: int) -> npt.NDArray[np.uint8]:
    """A picture (size, size, 3), RGB, upright; each pixel is a mean of those that it stands for."""
    small = picture.reformat(width=size, height=size, format="rgb24", interpolation=Interpolation.BILINEAR)
    return upright(small.to_ndarray().astype(np.uint8, copy=False), picture.rotation)


def of_length(reading: Reading) -> str:
    """A short video's length, in words."""
    frames = "one frame" if reading.n_frames == 1 else f"{reading.n_frames} frames"
    return f"only {frames} long"


class Stopwatch:
    """Adds up time.

    Attributes:
        seconds: So far.
    """

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._started

    def timed(self, items: Iterator[Item]) -> Iterator[Item]:
        """The same items; the time that each takes to be made is added."""
        while True:
            with self:
                item = next(items, None)
            if item is None:
                return
            yield item
