"""The sound of a part of a video, sample by sample."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from vsumlab.errors import needs_extra
from vsumlab.video.source import SourceVideo

with needs_extra("video"):
    import av
    import av.container
    import av.error
    from av import AudioFrame, AudioResampler

RATE = 48_000
"""Samples a second, which every encoder takes."""

FORMAT, LAYOUT, N_CHANNELS = "fltp", "stereo", 2

TOLERANCE = 0.05
"""Seconds by which a file's times may jitter before samples are left out or silence is put in."""


def sound(source: SourceVideo, start: Fraction, n_samples: int) -> Iterator[npt.NDArray[np.float32]]:
    """The sound of a video from a time on, in stereo; silence where the file has none.

    Args:
        source: A video with sound.
        start: When it starts, in seconds after the first frame.
        n_samples: How many samples, at `RATE`.

    Yields:
        (2, n) some samples at a time, `n_samples` in all.
    """
    done = 0
    for at, samples in decoded_sound(source, start):
        missing = at - done
        if missing > TOLERANCE * RATE:
            yield np.zeros((N_CHANNELS, min(missing, n_samples - done)), np.float32)
            done += min(missing, n_samples - done)
        elif missing < -TOLERANCE * RATE or done == 0:
            samples = samples[:, max(-missing, 0) :]
        samples = samples[:, : n_samples - done]
        if samples.shape[1]:
            yield samples
            done += samples.shape[1]
        if done == n_samples:
            return
    if done < n_samples:
        yield np.zeros((N_CHANNELS, n_samples - done), np.float32)


def decoded_sound(source: SourceVideo, start: Fraction) -> Iterator[tuple[int, npt.NDArray[np.float32]]]:
    """What can be decoded of the sound around a time and after it: (2, n) samples, and where they belong.

    The first ones may be before `start`, at a number of samples below 0.
    """
    with source.opened() as container:
        stream = container.streams.audio[0]
        with suppress(av.error.FFmpegError):  # a file that cannot be sought is read from its start
            container.seek(math.floor((source.origin + start) * av.time_base))
        for frame in resampled(decoded_frames(container, stream)):
            if frame.pts is not None and frame.time_base is not None:
                time = frame.pts * frame.time_base - source.origin - start
                yield round(time * RATE), frame.to_ndarray().astype(np.float32, copy=False)


def resampled(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Frames of sound as those of `RATE`, in stereo, though their rate or channels may change on the way."""
    setup, resampler = None, AudioResampler(FORMAT, LAYOUT, RATE)
    for frame in frames:
        own = frame.format.name, frame.layout.name, frame.sample_rate
        if own != setup and setup is not None:
            yield from resampler.resample(None)
            resampler = AudioResampler(FORMAT, LAYOUT, RATE)
        setup = own
        yield from resampler.resample(frame)
    if setup is not None:
        yield from resampler.resample(None)


def decoded_frames(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[AudioFrame]:
    """The frames of a stream of sound; those that cannot be decoded are left out."""
    packets = iter(container.demux(stream))
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                return
            frames = packet.decode()
        except av.error.FFmpegError:
            continue
        for frame in frames:
            assert isinstance(frame, AudioFrame)
            yield frame
