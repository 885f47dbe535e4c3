"""A video file as frames of a constant rate, read one after the other.

Whatever a file holds (a variable rate, gaps, frames that cannot be decoded), it is seen as a player shows it:
a frame stays until the next one comes. So frame i is what is shown i / fps seconds after the first frame, and
times, picks and lengths of shots are exact; in a file of constant rate, frame i is its i-th.
"""

from __future__ import annotations

import math
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from vsumlab.core.timeline import USUAL_FPS, USUAL_RATE
from vsumlab.errors import UserError, needs_extra
from vsumlab.video.decoding import (
    OPEN,
    Damage,
    decoded,
    reason,
    seconds,
    size_as_seen,
    stated_duration,
    video_stream,
)

with needs_extra("video"):
    import av
    import av.container
    import av.error

MAX_FPS = 1000
"""A greater rate is a container's error, or its clock's."""

FINE_FPS = 120
"""Up to which a rate is taken in which all times of a file fit, however slow it is in the mean."""

MAX_GAP = 600
"""Seconds that a picture may be shown: a longer gap is a jump of the file's clock."""


class Shown(NamedTuple):
    """A picture, and how long it is shown.

    Attributes:
        first: The first frame that it is.
        last: The last one, inclusive.
        picture: What was decoded, unrotated.
    """

    first: int
    last: int
    picture: av.VideoFrame


class SourceVideo:
    """A video file.

    Args:
        path: Anything that FFmpeg reads.

    Attributes:
        fps: Frames a second, at least 2.
        origin: The file's time of the first frame, in seconds.
        stated_duration: What the file says of its own length, in seconds; None where it says nothing.
        has_sound: Whether there is sound that goes with the pictures.
        continuous: Whether no jump in its times has been found so far, back or by more than `MAX_GAP`; what
            follows a jump is taken to follow at once.
        width: Of the first picture as it is to be seen, in square pixels.
        height: Likewise.

    Raises:
        UserError: If it cannot be read, is no video, or not one frame can be decoded.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        with self.opened() as container:
            stream = video_stream(container, self.path)
            self.fps = constant_rate(stream.average_rate, stream.guessed_rate)
            self.has_sound, self.continuous = bool(container.streams.audio), True
            self.stated_duration = stated_duration(container, stream)
            first = next(decoded(container, stream, Damage()), None)
            if first is None:
                raise UserError(f"{self.path}: not one frame of it can be decoded: take another file")
            self.origin = seconds(first) or Fraction(0)
            self.width, self.height = size_as_seen(first, stream.sample_aspect_ratio)

    @contextmanager
    def opened(self) -> Iterator[av.container.InputContainer]:
        """The file, open.

        Raises:
            UserError: If it cannot be read, or is no video.
        """
        try:
            kind = self.path.stat().st_mode
            if stat.S_ISDIR(kind):
                raise UserError(f"{self.path}: a folder: name a video")
            if not stat.S_ISREG(kind):  # a named pipe would be waited for
                raise UserError(f"{self.path}: no file, but a pipe or a device: name a video")
            # without "file:", FFmpeg may take the beginning of a name for a protocol
            container = av.open(f"file:{self.path}", options=OPEN, metadata_errors="replace")
        except UnicodeEncodeError as error:
            raise UserError(f"{self.path!a}: a name that is no text: rename the file") from error
        except (av.error.FFmpegError, OSError, ValueError) as error:
            raise UserError(f"{self.path}: {reason(error)}") from error
        with container:
            yield container

    def read(self) -> Reading:
        """A pass through the whole video."""
        return Reading(self)

    def shown(self, first: int, last: int) -> Iterator[Shown]:
        """The pictures of frames `first` to `last`, inclusive, decoded from the key frame before them."""
        for span in self._sought(first) if self.continuous else ():
            if span.first > first:  # the key frame was not before it after all
                break
            if span.last >= first:
                yield span._replace(first=first, last=min(span.last, last))
                first = span.last + 1
            if first > last:
                return
        for span in self.read():
            if span.last >= first:
                yield span._replace(first=max(span.first, first), last=min(span.last, last))
            if span.last >= last:
                return

    def _sought(self, first: int) -> Iterator[Shown]:
        """The pictures from the key frame before a frame on; none where the file cannot be sought."""
        with self.opened() as container:
            stream = video_stream(container, self.path)
            start = self.origin + first / self.fps
            try:  # in the unit of the whole container, for a stream need not have one
                container.seek(math.floor(start * av.time_base))
            except av.error.FFmpegError:
                return
            yield from self.spans(container, stream, Damage())

    def spans(
        self, container: av.container.InputContainer, stream: av.VideoStream, damage: Damage
    ) -> Iterator[Shown]:
        """The pictures from where a container stands, each with the frames until the next one."""
        end = math.inf if self.stated_duration is None else (self.stated_duration + 1) * self.fps
        before: tuple[int, av.VideoFrame] | None = None
        shift, most = 0, MAX_GAP * self.fps  # frames by which times have jumped
        for picture in decoded(container, stream, damage):
            time = seconds(picture)
            index = (before[0] + 1 if before else 0) if time is None else self.frame_at(time) + shift
            if time is not None and self.frame_at(time) > end:  # far behind the end: damage, too
                damage.pictures += 1
                continue
            if before:
                gap = index - before[0]
                if gap < -self.fps or gap > most:  # another recording, or another clock
                    self.continuous, self.has_sound = False, False
                    shift, index = shift + 1 - gap, before[0] + 1
                elif gap <= 0:  # two in the time of one frame
                    continue
                yield Shown(before[0], index - 1, before[1])
            before = index, picture
        if before:
            index, picture = before
            length = round_half_up((picture.duration or 0) * (picture.time_base or Fraction(0)) * self.fps)
            yield Shown(index, index + (length if 1 < length <= most else 1) - 1, picture)

    def frame_at(self, time: Fraction) -> int:
        """Which frame is shown from a time of the file's on."""
        return round_half_up((time - self.origin) * self.fps)


class Reading:
    """A pass through a video.

    Attributes:
        damage: What could not be decoded, so far.
        n_frames: N, when the pass is over; the number of frames so far until then.
    """

    def __init__(self, source: SourceVideo) -> None:
        self.source = source
        self.damage = Damage()
        self.n_frames = 0

    def __iter__(self) -> Iterator[Shown]:
        """All pictures, in order; the first starts at frame 0, each next one where the last one ends."""
        with self.source.opened() as container:
            stream = video_stream(container, self.source.path)
            for span in self.source.spans(container, stream, self.damage):
                self.n_frames = span.last + 1
                yield span

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader has to know of the damage, when the pass is over; a sentence each."""
        found, damage, stated = [], self.damage, self.source.stated_duration
        if damage.packets or damage.pictures:
            found.append(
                f"The file is damaged: {damage.packets} packets of data could not be used, or not fully, "
                f"and {damage.pictures} pictures have errors."
            )
        if not self.source.continuous:
            found.append(
                "The times in the file jump; its parts are taken to follow each other, without sound."
            )
        ends = float(self.n_frames / self.source.fps)
        if damage.cut_off or (stated is not None and ends < 0.95 * stated - 1):
            of = "" if stated is None else f" of the {stated:.1f} s that it should have"
            found.append(f"The file breaks off: there are {ends:.1f} s{of}.")
        return tuple(found)


def picked(spans: Iterator[Shown] | Reading, fps: Fraction) -> Iterator[tuple[list[int], av.VideoFrame]]:
    """The pictures that are shown at the picks, each with the frames of its picks, two a second.

    Pick k is the frame nearest to k / 2 seconds; of two as near, the later one.

    Args:
        spans: The pictures in order, from frame 0.
        fps: Frames a second, at least 2.
    """
    step, k = fps / Fraction(USUAL_RATE), 0
    for span in spans:
        picks = []
        while (pick := round_half_up(k * step)) <= span.last:
            picks.append(pick)
            k += 1
        if picks:
            yield picks, span.picture


def constant_rate(average: Fraction | None, guessed: Fraction | None) -> Fraction:
    """The frames a second that a video is seen at.

    That in which all times of the file fit, unless it is far above the average, as a variable rate's may be;
    at least 2, so that no two picks are one frame.

    >>> constant_rate(Fraction(30000, 1001), Fraction(30)), constant_rate(Fraction(24), Fraction(900))
    (Fraction(30, 1), Fraction(24, 1))
    >>> constant_rate(None, None), constant_rate(Fraction(1), Fraction(1))
    (Fraction(30, 1), Fraction(2, 1))
    """
    limit = 2 * average if average and 2 * average > FINE_FPS else Fraction(FINE_FPS if average else MAX_FPS)
    usable = [rate for rate in (guessed, average) if rate and 0 < rate <= limit and rate <= MAX_FPS]
    return max([*usable, Fraction(USUAL_FPS)][0], Fraction(USUAL_RATE))


def round_half_up(number: Fraction) -> int:
    """The nearest whole number; of two as near, the greater one.

    >>> round_half_up(Fraction(25, 2)), round_half_up(Fraction(-1, 2)), round_half_up(Fraction(7, 3))
    (13, 0, 2)
    """
    return math.floor(number + Fraction(1, 2))
