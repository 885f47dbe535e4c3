"""The key-shots of a video as a video of their own: only they are decoded, and encoded anew."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from vsumlab.errors import UserError, needs_extra
from vsumlab.video.decoding import upright
from vsumlab.video.result import VideoSummary
from vsumlab.video.sound import FORMAT, LAYOUT, RATE, sound
from vsumlab.video.source import Shown, SourceVideo

with needs_extra("video"):
    import av
    import av.container
    import av.error
    from av import AudioFrame, Codec, VideoFrame
    from av.video.frame import PictureType
    from av.video.reformatter import ColorRange, Colorspace


THUMBNAIL = 480
"""Pixels: hundreds of key-shots fit in memory, and on a page."""


class Encoders(NamedTuple):
    """What pictures and sound are encoded by.

    Attributes:
        title: What players call it.
        video: FFmpeg's name of the encoder of pictures.
        audio: That of sound.
        options: Of the encoder of pictures.
    """

    title: str
    video: str
    audio: str
    options: dict[str, str]


ENCODERS = (
    Encoders("H.264 and AAC", "libx264", "aac", {"crf": "20", "preset": "veryfast", "bf": "0"}),
    Encoders(
        "VP9 and Opus", "libvpx-vp9", "libopus", {"crf": "32", "b": "0", "cpu-used": "4", "row-mt": "1"}
    ),
)
"""What every browser plays, first the one to be preferred.

Without B-frames: an mp4 takes its length from the order of decoding, which is wrong for a variable rate then.
"""


def encoders() -> Encoders:
    """The first that this build of FFmpeg has.

    Raises:
        UserError: If it has none.
    """
    for choice in ENCODERS:
        if has_encoder(choice.video) and has_encoder(choice.audio):
            return choice
    wanted = " nor ".join(choice.title for choice in ENCODERS)
    raise UserError(f"av: its FFmpeg can encode neither {wanted}: pip install --force-reinstall av")


def has_encoder(name: str) -> bool:
    """Whether this build of FFmpeg has an encoder."""
    try:
        Codec(name, "w")
    except (ValueError, av.error.FFmpegError):
        return False
    return True


def write_clips(
    source: SourceVideo,
    summary: VideoSummary,
    path: Path,
    progress: Callable[[float], None] = lambda seconds: None,
) -> list[npt.NDArray[np.uint8]]:
    """Writes the key-shots of a video, one after the other, as an mp4 that browsers play.

    Shots that follow each other in the video are one piece. Each is decoded from the key frame before it.

    Args:
        source: The video.
        summary: Which of its shots; at least one.
        path: What is written.
        progress: Called now and then, with the seconds of the summary that are done.

    Returns:
        A picture of each key-shot, (H, W, 3) RGB, upright, of at most `THUMBNAIL` pixels a side: the frame of
        its peak.

    Raises:
        UserError: If the file cannot be written.
    """
    chosen, peaks = encoders(), {shot.peak for shot in summary.key_shots}
    pictures: dict[int, npt.NDArray[np.uint8]] = {}
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            clips = Clips(source, container, chosen)
            for first, last in pieces(summary):
                for shown in source.shown(first, last):
                    picture = clips.add_picture(shown, first)
                    for peak in peaks.intersection(range(shown.first, shown.last + 1)):
                        pictures[peak] = thumbnail(picture)
                    progress(float((clips.n_frames + shown.last + 1 - first) / source.fps))
                clips.end_piece(first, last)
            clips.finish()
    except (av.error.FFmpegError, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise UserError(
            f"{source.path}: its {path.name} cannot be written ({why}): make room or name another folder "
            "with --output"
        ) from error
    return [pictures[shot.peak] for shot in summary.key_shots if shot.peak in pictures]


def pieces(summary: VideoSummary) -> list[tuple[int, int]]:
    """The frames of the summary, first and last of each piece; shots that follow each other are one."""
    found: list[tuple[int, int]] = []
    for shot in summary.key_shots:
        if found and found[-1][1] + 1 == shot.first:
            found[-1] = found[-1][0], shot.last
        else:
            found.append((shot.first, shot.last))
    return found


class Clips:
    """A video in the making, of pieces of another.

    Attributes:
        n_frames: How many frames the pieces that are whole have.
    """

    def __init__(
        self, source: SourceVideo, container: av.container.OutputContainer, chosen: Encoders
    ) -> None:
        self.source, self.container, self.n_frames = source, container, 0
        made = container.add_stream(chosen.video, rate=source.fps, options=chosen.options)
        self._video = cast(av.VideoStream, made)
        self._video.width, self._video.height = even(source.width), even(source.height)
        self._video.pix_fmt = "yuv420p"
        context = self._video.codec_context
        context.time_base = 1 / source.fps
        context.color_range, context.colorspace = int(ColorRange.MPEG), int(Colorspace.ITU709)
        context.color_primaries = context.color_trc = 1  # BT.709, too
        self._audio: av.AudioStream | None = None
        if source.has_sound:
            self._audio = cast(av.AudioStream, container.add_stream(chosen.audio, rate=RATE, layout=LAYOUT))

    def add_picture(self, shown: Shown, first: int) -> VideoFrame:
        """Encodes a picture of the piece that starts at frame `first`; returns it as it is to be seen."""
        size = self._video.width, self._video.height
        picture = as_seen(shown.picture, *size)
        frame = picture.reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        for at in sorted({shown.first, shown.last}):  # once more at its end, so that it is shown until then
            frame.pts, frame.time_base = self.n_frames + at - first, 1 / self.source.fps
            frame.pict_type = PictureType.NONE  # the encoder's choice, not the source's
            self.container.mux(self._video.encode(frame))
        return picture

    def end_piece(self, first: int, last: int) -> None:
        """Encodes the sound of the piece of frames `first` to `last`, whose pictures are all there."""
        done, fps = self.n_frames, self.source.fps
        self.n_frames += last + 1 - first
        if self._audio is not None:
            at, end = (round(n * RATE / fps) for n in (done, self.n_frames))
            for samples in sound(self.source, first / fps, end - at):
                frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples), format=FORMAT, layout=LAYOUT)
                frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
                self.container.mux(self._audio.encode(frame))
                at += samples.shape[1]

    def finish(self) -> None:
        """Has the encoders give all that they hold."""
        self.container.mux(self._video.encode(None))
        if self._audio is not None:
            self.container.mux(self._audio.encode(None))


def as_seen(picture: VideoFrame, width: int, height: int) -> VideoFrame:
    """A picture, upright and of a size."""
    if not picture.rotation:
        return picture.reformat(width=width, height=height)
    turned = upright(picture.to_ndarray(format="rgb24").astype(np.uint8, copy=False), picture.rotation)
    return VideoFrame.from_ndarray(turned, format="rgb24").reformat(width=width, height=height)


def thumbnail(picture: VideoFrame) -> npt.NDArray[np.uint8]:
    """A picture (H, W, 3) RGB, no side of it longer than `THUMBNAIL`."""
    share = min(1.0, THUMBNAIL / max(picture.width, picture.height))
    width, height = (max(1, round(length * share)) for length in (picture.width, picture.height))
    small = picture.reformat(width=width, height=height, format="rgb24")
    return small.to_ndarray().astype(np.uint8, copy=False)


def even(length: int) -> int:
    """The nearest even number that is no greater, at least 2, as 4:2:0 colours want it.

    >>> even(7), even(8), even(1)
    (6, 8, 2)
    """
    return max(2, length // 2 * 2)
