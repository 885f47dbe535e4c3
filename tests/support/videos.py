"""Videos that tests encode: each frame says its own number, so that what is decoded can be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

BITS, HEIGHT, BLOCK = 12, 32, 16
Image = npt.NDArray[np.uint8]


def numbered(number: int, height: int = HEIGHT) -> Image:
    """A picture that says a number: a white or black block a bit, the lowest first."""
    bits = number >> np.arange(BITS) & 1
    row = np.repeat(bits * 255, BLOCK).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (height, row.size, 3)))


def number_in(picture: Any) -> int:
    """The number that a picture says, an array (H, W, 3) or a decoded frame."""
    image = picture if isinstance(picture, np.ndarray) else picture.to_ndarray(format="rgb24")
    middle = image[image.shape[0] // 2].mean(axis=-1).reshape(BITS, -1)
    bits = middle[:, middle.shape[1] // 4 : -middle.shape[1] // 4].mean(axis=1) > 127
    return int((bits << np.arange(BITS)).sum())


def encode(
    path: Path,
    images: Iterable[Image],
    fps: Fraction | int = 10,
    *,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    times: Sequence[Fraction] | None = None,
    rotation: int = 0,
    tone: float | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Writes a video of pictures.

    Args:
        path: Its name's suffix says the container.
        images: (H, W, 3) each.
        fps: Frames a second.
        codec: FFmpeg's name of the encoder.
        pixels: FFmpeg's name of how pixels are stored.
        times: When each picture is shown, in seconds, for a variable rate.
        rotation: That a player has to turn it by, in degrees against the clock.
        tone: The frequency of a sound of the video's length, in Hz, whose loudness grows with time.
        options: The encoder's.
    """
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=fps, options=options or {})
        stream.pix_fmt = pixels
        audio: Any = (
            container.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48_000)
            if tone
            else None
        )
        unit = Fraction(1, 1000) if times else 1 / Fraction(fps)
        stream.codec_context.time_base = unit
        n = 0
        for n, image in enumerate(images, 1):
            if n == 1:
                stream.height, stream.width = image.shape[:2]
                if rotation:
                    stream.set_display_rotation(rotation)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.time_base = unit
            frame.pts = round(times[n - 1] / unit) if times else n - 1
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio:
            duration = float(times[-1]) if times else n / fps
            time = np.arange(round(duration * 48_000)) / 48_000
            samples = np.sin(2 * np.pi * tone * time) * time / duration
            both = np.stack([samples, samples]).astype(np.float32)
            sound = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
            sound.sample_rate, sound.pts, sound.time_base = 48_000, 0, Fraction(1, 48_000)
            container.mux(audio.encode(sound))
            container.mux(audio.encode(None))
    return path


def encode_numbered(path: Path, n_frames: int, fps: Fraction | int = 10, **options: Any) -> Path:
    """Writes a video whose frames say their numbers, from 0."""
    return encode(path, (numbered(i) for i in range(n_frames)), fps, **options)
