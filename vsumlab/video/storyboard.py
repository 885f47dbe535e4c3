"""A summary as one picture: its key-shots next to each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from vsumlab.plotting import SCORE
from vsumlab.video.result import VideoSummary

LARGEST, SMALLEST = 320, 80
"""A picture's longer side, in pixels: what it has where there is room, and what it has at least."""
AREA = 10_000_000
"""How many pixels a storyboard has, unless pictures of the smallest size already need more."""
GAP, TEXT = 12, 14
"""Between pictures; the height of letters."""
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
NOTHING = "No key-shots: no shot of this video was selected."


class Grid(NamedTuple):
    """Where pictures are put, in pixels.

    Attributes:
        columns: How many are next to each other.
        rows: How many are on top of each other.
        picture: Width and height of the room that a picture has.
        cell: Width and height from one to the next, with its text and the gap.
    """

    columns: int
    rows: int
    picture: tuple[int, int]
    cell: tuple[int, int]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of all."""
        return self.columns * self.cell[0] + GAP, self.rows * self.cell[1] + GAP


def storyboard(summary: VideoSummary, pictures: Sequence[npt.NDArray[np.uint8]]) -> Image.Image:
    """The key-shots' pictures in order, line by line, each over the time when it is shown.

    It has at most 10 million pixels where there are up to 500 key-shots: the more there are, the smaller
    are their pictures, whose longer side has 320 to 80 pixels.

    Args:
        summary: A video's.
        pictures: (H, W, 3) RGB, one for each key-shot, of any size; they are scaled, never cut.

    Raises:
        ValueError: If there are more or fewer pictures than key-shots.
    """
    shots, font = summary.key_shots, ImageFont.truetype(FONT, TEXT)
    if not shots:
        width = math.ceil(font.getlength(NOTHING))
        sheet = Image.new("RGB", (width + 4 * GAP, TEXT + 4 * GAP), "white")
        ImageDraw.Draw(sheet).text((2 * GAP, 2 * GAP), NOTHING, SCORE, font)
        return sheet
    text_width = max(math.ceil(font.getlength(shot.when)) for shot in shots)
    grid = roomiest(len(shots), max(picture.shape[1] / picture.shape[0] for picture in pictures), text_width)
    sheet = Image.new("RGB", grid.size, "white")
    draw = ImageDraw.Draw(sheet)
    for number, (shot, picture) in enumerate(zip(shots, pictures, strict=True)):
        row, column = divmod(number, grid.columns)
        left, top = GAP + column * grid.cell[0], GAP + row * grid.cell[1]
        sheet.paste(ImageOps.contain(Image.fromarray(picture), grid.picture), (left, top))
        draw.text((left, top + grid.picture[1] + 3), shot.when, SCORE, font)
    return sheet


def roomiest(count: int, aspect: float, text_width: int) -> Grid:
    """The grid of the largest pictures with which a storyboard has no more than `AREA` pixels.

    Args:
        count: How many pictures there are, at least 1.
        aspect: Their width by their height.
        text_width: How much room their times need, in pixels.
    """
    grids = (grid_of(side, count, aspect, text_width) for side in range(LARGEST, SMALLEST, -8))
    return next(
        (grid for grid in grids if math.prod(grid.size) <= AREA),
        grid_of(SMALLEST, count, aspect, text_width),
    )


def grid_of(side: int, count: int, aspect: float, text_width: int) -> Grid:
    """The grid of pictures whose longer side has so many pixels: about 4 to 3, or one line of up to four."""
    width, height = max(1, round(side * min(1, aspect))), max(1, round(side / max(1, aspect)))
    cell = max(width, text_width) + GAP, height + TEXT + 6 + GAP
    widest = max(4, math.ceil(math.sqrt(count * 4 / 3 * cell[1] / cell[0])))
    rows = math.ceil(count / widest)
    return Grid(math.ceil(count / rows), rows, (width, height), cell)
