"""What FFmpeg gives of a file: its stream of pictures, and what of it can be decoded."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt

from vsumlab.errors import UserError, needs_extra

with needs_extra("video"):
    import av
    import av.container
    import av.error

NO_VIDEO = ("tty", "image2")
"""What FFmpeg makes moving pictures of, but nobody films: text, and single pictures."""

LISTS = {"concat", "dash", "hls", "imf", "webm_dash_manifest"}
"""What only names other files, which may be anybody's."""

OPEN = {"protocol_whitelist": "file", "max_pixels": str(2**27)}
"""FFmpeg is to read nothing but files, and no picture above 16K: a head that says so asks for gigabytes."""

LONGEST_PIXEL = 8
"""How often one side of a pixel is the other; above it is a damaged head."""


class Damage:
    """How much of a video could not be decoded.

    Attributes:
        packets: Of data that are damaged, or could not be decoded.
        pictures: That were decoded with errors, or have an impossible time.
        cut_off: Whether reading ended in an error.
    """

    def __init__(self) -> None:
        self.packets = 0
        self.pictures = 0
        self.cut_off = False


def decoded(
    container: av.container.InputContainer, stream: av.VideoStream, damage: Damage
) -> Iterator[av.VideoFrame]:
    """The pictures of a stream, from where its container stands; what cannot be decoded is counted."""
    stream.thread_type = "AUTO"
    packets: Iterator[av.Packet[av.VideoStream]] = iter(container.demux(stream))
    while True:
        try:
            packet = next(packets, None)  # the last is empty, and has the decoder give all that it holds
        except av.error.FFmpegError:
            damage.cut_off = True
            packet, packets = empty_packet(stream), iter(())
        if packet is None:
            return
        try:
            pictures = packet.decode()
        except av.error.FFmpegError:
            damage.packets += 1
            continue
        damage.packets += packet.is_corrupt
        for picture in pictures:
            assert isinstance(picture, av.VideoFrame)
            damage.pictures += picture.is_corrupt
            yield picture


def empty_packet(stream: av.VideoStream) -> av.Packet[av.VideoStream]:
    """What ends a stream."""
    packet = cast("av.Packet[av.VideoStream]", av.Packet())
    packet.stream = stream
    return packet


def video_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """The first stream of pictures that move.

    Raises:
        UserError: If there is none.
    """
    attached = av.stream.Disposition.attached_pic
    if LISTS.intersection(container.format.name.split(",")):
        raise UserError(f"{path}: a list of other files: take a video")
    if container.format.name in NO_VIDEO or container.format.name.endswith("_pipe"):
        raise UserError(f"{path}: a text or a picture: take a video")
    streams = [stream for stream in container.streams.video if not stream.disposition & attached]
    if not streams:
        raise UserError(f"{path}: no video in it, only {kinds(container)}: take a video")
    return streams[0]


def kinds(container: av.container.InputContainer) -> str:
    """What is in a file, in words."""
    found = {stream.type for stream in container.streams} - {"video"}
    return " and ".join(sorted(found)) or "a picture"


def stated_duration(container: av.container.InputContainer, stream: av.VideoStream) -> float | None:
    """How long a file says that it is, in seconds: its pictures if it says so of them."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else None


def seconds(picture: av.VideoFrame) -> Fraction | None:
    """The time of a picture in its file."""
    if picture.pts is None or picture.time_base is None:
        return None
    return picture.pts * picture.time_base


def size_as_seen(picture: av.VideoFrame, pixel: Fraction | None) -> tuple[int, int]:
    """The width and height of a picture, upright, in square pixels.

    Args:
        picture: As it was decoded.
        pixel: One's width by its height; what no camera makes is taken for square.
    """
    if not pixel or not 1 / LONGEST_PIXEL <= pixel <= LONGEST_PIXEL:
        pixel = Fraction(1)
    width, height = round(picture.width * pixel), picture.height
    return (height, width) if round(picture.rotation / 90) % 2 else (width, height)


def upright(image: npt.NDArray[np.uint8], rotation: int) -> npt.NDArray[np.uint8]:
    """A picture (H, W, 3) as it is to be seen.

    Args:
        image: As it was decoded.
        rotation: By how many degrees it is to be turned, against the clock.
    """
    quarters = round(rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def reason(error: Exception) -> str:
    """What a failed opening comes to, and what to do."""
    match error:
        case FileNotFoundError():
            return "no such file: check its name"
        case PermissionError():
            return "cannot be read: permission denied"
        case av.error.InvalidDataError():
            return "no video, or a damaged one (its head cannot be read): take another file"
    return f"cannot be read ({getattr(error, 'strerror', None) or error})"
