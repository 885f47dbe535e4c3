"""What FFmpeg gives of a file; damage, rotation and files that are no video are in `test_source.py`."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from support.videos import encode_numbered, number_in

from vsumlab.video.decoding import (
    Damage,
    decoded,
    seconds,
    size_as_seen,
    stated_duration,
    upright,
    video_stream,
)


def test_all_pictures_are_decoded_each_with_its_time(tmp_path: Path) -> None:
    path = encode_numbered(tmp_path / "a.mp4", 40, 25, options={"bf": "3"})
    damage = Damage()
    with av.open(str(path)) as container:
        stream = video_stream(container, path)
        assert stated_duration(container, stream) == pytest.approx(1.6, abs=0.01)
        found = [(number_in(picture), seconds(picture)) for picture in decoded(container, stream, damage)]
    assert found == [(i, Fraction(i, 25)) for i in range(40)]
    assert (damage.packets, damage.pictures, damage.cut_off) == (0, 0, False)


@pytest.mark.parametrize("quarters", range(-4, 5))
def test_upright_is_turned_by_quarters_against_the_clock(quarters: int) -> None:
    image = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    assert np.array_equal(upright(image, 90 * quarters), np.rot90(image, quarters % 4))


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    picture = av.VideoFrame(720, 576, "yuv420p")
    assert size_as_seen(picture, Fraction(16, 15)) == (768, 576)
    assert size_as_seen(picture, None) == (720, 576)
