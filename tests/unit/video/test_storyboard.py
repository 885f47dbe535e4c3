"""A summary as one picture: every key-shot is there, in order, uncut, over its time, and it stays small."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from vsumlab.core.timeline import Timeline
from vsumlab.video.result import VideoSummary
from vsumlab.video.storyboard import AREA, LARGEST, SMALLEST, grid_of, roomiest, storyboard


def summary(count: int, seconds: int = 5) -> VideoSummary:
    """Of a video of 10 frames a second, whose every second shot is selected."""
    ends = np.arange(1, 2 * count + 2) * seconds * 10
    shots = np.stack([np.r_[0, ends[:-1]], ends - 1], axis=1)
    timeline = Timeline(np.arange(0, ends[-1], 5), int(ends[-1]), shots, fps=10.0)
    selected = np.arange(len(shots)) % 2 == 1
    return VideoSummary(Path("a.mp4"), timeline, np.full(timeline.n_picks, 0.5), selected, "a test")


def plain(count: int, height: int, width: int) -> list[np.ndarray]:
    """Pictures of one colour each, none of which is white or that of text."""
    return [np.full((height, width, 3), (200, 40 + i % 200, i // 200 * 60), np.uint8) for i in range(count)]


def found_colours(sheet: Image.Image) -> dict[tuple[int, int, int], tuple[int, int, int, int]]:
    """Where each colour is, as left, top, right and bottom, of those that fill a picture."""
    pixels = np.asarray(sheet) @ np.array([1 << 16, 1 << 8, 1])
    colours, counts = np.unique(pixels, return_counts=True)
    found = {}
    for colour in colours[counts > 2000].tolist():
        rows, columns = np.nonzero(pixels == colour)
        name = (colour >> 16, colour >> 8 & 255, colour & 255)
        found[name] = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    found.pop((255, 255, 255))
    return found


@pytest.mark.parametrize(("height", "width"), [(90, 160), (160, 90), (50, 50), (1080, 1920)])
@pytest.mark.parametrize("count", [1, 3, 5, 12])
def test_every_key_shot_is_there_in_order_and_uncut(count, height, width) -> None:
    pictures = plain(count, height, width)
    found = found_colours(storyboard(summary(count), pictures))
    by_place = sorted(found, key=lambda colour: (found[colour][1], found[colour][0]))
    assert by_place == [tuple(picture[0, 0].tolist()) for picture in pictures]
    for left, top, right, bottom in found.values():
        assert max(right - left, bottom - top) == LARGEST
        assert (right - left) / (bottom - top) == pytest.approx(width / height, rel=0.01)


def test_each_picture_stands_over_its_own_time() -> None:
    sheet = np.asarray(storyboard(summary(3), plain(3, 90, 160)))
    other = np.asarray(storyboard(summary(3, seconds=7), plain(3, 90, 160)))
    differs = np.argwhere((sheet != other).any(axis=2))
    places = found_colours(Image.fromarray(sheet)).values()
    for left, _, right, bottom in places:
        under = (differs[:, 0] >= bottom) & (differs[:, 1] >= left) & (differs[:, 1] < right)
        assert under.any()
    assert (differs[:, 0] >= min(place[3] for place in places)).all()


def test_pictures_of_other_sizes_are_not_cut() -> None:
    pictures = [*plain(1, 90, 160), plain(2, 160, 90)[1]]
    (wide, tall) = sorted(found_colours(storyboard(summary(2), pictures)).values())
    assert (wide[2] - wide[0]) / (wide[3] - wide[1]) == pytest.approx(16 / 9, rel=0.02)
    assert (tall[2] - tall[0]) / (tall[3] - tall[1]) == pytest.approx(9 / 16, rel=0.02)


def test_without_key_shots_it_says_so() -> None:
    sheet = np.asarray(storyboard(summary(0), []))
    assert (sheet != 255).any()
    assert (sheet[:10] == 255).all()
    assert (sheet[:, -10:] == 255).all(), "the text runs past the edge"


@pytest.mark.parametrize("pictures", [1, 3])
def test_pictures_of_other_key_shots_are_refused(pictures) -> None:
    with pytest.raises(ValueError, match="zip"):
        storyboard(summary(2), plain(pictures, 90, 160))


@settings(deadline=None)
@given(count=st.integers(1, 500), aspect=st.floats(0.4, 2.5), text=st.integers(60, 150))
def test_hundreds_of_key_shots_stay_within_the_area_with_the_largest_pictures(count, aspect, text) -> None:
    grid = roomiest(count, aspect, text)
    assert math.prod(grid.size) <= AREA
    assert grid.columns * grid.rows >= count
    assert grid.columns * (grid.rows - 1) < count
    side = max(grid.picture)
    assert SMALLEST <= side <= LARGEST
    if side < LARGEST:
        assert math.prod(grid_of(side + 8, count, aspect, text).size) > AREA


def test_of_very_many_the_pictures_can_still_be_seen() -> None:
    assert max(roomiest(5000, 16 / 9, 110).picture) == SMALLEST
