"""A short film to try things on: `python -m vsumlab.video.demo FILE.mp4`, moving shapes in several scenes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from vsumlab.errors import UserError, needs_extra, one_line_errors
from vsumlab.video.clips import encoders
from vsumlab.video.sound import FORMAT, LAYOUT, RATE

with needs_extra("video"):
    import av
    import av.error

FPS, HEIGHT, WIDTH = 25, 240, 320
SCENE_SECONDS = (8, 4, 11, 3, 9, 5, 7, 6, 4, 3)


class Shape(NamedTuple):
    """What moves: a disc or a square, to and fro between the edges.

    Attributes:
        colour: RGB, 0 to 255.
        size: Half its width, in pixels.
        place: Where it starts, (2,) as shares of the free height and width.
        speed: (2,) free heights and widths a second.
        is_round: Whether it is a disc.
    """

    colour: npt.NDArray[np.float64]
    size: float
    place: npt.NDArray[np.float64]
    speed: npt.NDArray[np.float64]
    is_round: bool

    def covers(
        self, rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64], time: float
    ) -> npt.NDArray[np.bool_]:
        """Which pixels it covers at a time of its scene, in seconds."""
        share = 1 - np.abs(1 - (self.place + self.speed * time) % 2)  # to and fro
        y, x = self.size + share * (np.array([HEIGHT, WIDTH]) - 2 * self.size)
        covered: npt.NDArray[np.bool_] = (np.abs(rows - y) <= self.size) & (np.abs(columns - x) <= self.size)
        if self.is_round:
            covered &= (rows - y) ** 2 + (columns - x) ** 2 <= self.size**2
        return covered


def frames(seed: int = 0) -> Iterator[npt.NDArray[np.uint8]]:
    """The pictures (HEIGHT, WIDTH, 3) of the film."""
    rng = np.random.default_rng(seed)
    rows, columns = np.arange(HEIGHT, dtype=np.float64)[:, None], np.arange(WIDTH, dtype=np.float64)[None]
    for seconds in SCENE_SECONDS:
        above, below = rng.uniform(0, 255, (2, 3))
        stripe = (np.sin((rows * rng.normal() + columns * rng.normal()) * rng.uniform(0.05, 0.6)) > 0)[
            ..., None
        ]
        shade = above + (below - above) * (rows / HEIGHT)[..., None]
        ground = np.where(stripe, shade, 255 - shade).astype(np.uint8)
        shapes = [
            Shape(
                rng.uniform(0, 255, 3),
                rng.uniform(10, 45),
                rng.uniform(0, 1, 2),
                rng.uniform(-0.8, 0.8, 2),
                bool(rng.integers(2)),
            )
            for _ in range(rng.integers(1, 9))
        ]
        for i in range(seconds * FPS):
            picture = ground.copy()
            for shape in shapes:
                picture[shape.covers(rows, columns, i / FPS)] = shape.colour
            yield picture


def tune() -> npt.NDArray[np.float32]:
    """The film's sound (2, n): a tone for each scene."""
    tones = [
        np.sin(2 * np.pi * 220 * 2 ** (i / 5) * np.arange(seconds * RATE) / RATE)
        for i, seconds in enumerate(SCENE_SECONDS)
    ]
    return np.repeat(0.1 * np.concatenate(tones)[None], 2, axis=0).astype(np.float32)


def write_film(path: Path) -> None:
    """Writes the film, of a minute.

    Raises:
        UserError: If it cannot be written.
    """
    chosen, samples = encoders(), tune()
    try:
        with av.open(str(path), "w", format="mp4") as container:
            made = container.add_stream(chosen.video, rate=FPS, options=chosen.options)
            video = cast(av.VideoStream, made)
            video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            audio = cast(av.AudioStream, container.add_stream(chosen.audio, rate=RATE, layout=LAYOUT))
            for i, picture in enumerate(frames()):
                container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
                at, end = i * RATE // FPS, (i + 1) * RATE // FPS
                sound = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples[:, at:end]), format=FORMAT, layout=LAYOUT
                )
                sound.sample_rate, sound.pts, sound.time_base = RATE, at, Fraction(1, RATE)
                container.mux(audio.encode(sound))
            container.mux(video.encode(None))
            container.mux(audio.encode(None))
    except (av.error.FFmpegError, OSError) as error:
        raise UserError(f"{path}: cannot be written ({getattr(error, 'strerror', None) or error})") from error


def main() -> None:
    """The command line."""
    if len(sys.argv) != 2:
        print("usage: python -m vsumlab.video.demo FILE.mp4", file=sys.stderr)
        sys.exit(2)
    with one_line_errors():
        write_film(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {sum(SCENE_SECONDS)} s, {len(SCENE_SECONDS)} scenes of moving shapes")


if __name__ == "__main__":
    main()
