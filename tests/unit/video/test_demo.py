"""A short film to try things on."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from vsumlab.errors import UserError
from vsumlab.video.demo import FPS, HEIGHT, SCENE_SECONDS, WIDTH, frames, write_film
from vsumlab.video.source import SourceVideo


def test_it_is_scenes_that_move_and_the_same_film_each_time(tmp_path: Path) -> None:
    pictures = list(frames())
    assert len(pictures) == sum(SCENE_SECONDS) * FPS
    assert pictures[0].shape == (HEIGHT, WIDTH, 3)
    assert all(np.array_equal(*pair) for pair in zip(pictures[::400], list(frames())[::400], strict=True))
    change = np.array([np.abs(b.astype(int) - a).mean() for a, b in pairwise(pictures)])
    cuts = np.cumsum(SCENE_SECONDS)[:-1] * FPS - 1
    assert change[cuts].min() > 2 * np.delete(change, cuts).max()
    assert np.delete(change, cuts).min() > 0


def test_it_has_sound_and_the_length_of_its_scenes(tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4")
    film = SourceVideo(tmp_path / "film.mp4")
    assert film.has_sound
    assert film.stated_duration == pytest.approx(sum(SCENE_SECONDS), abs=0.1)
    with pytest.raises(UserError, match="cannot be written"):
        write_film(tmp_path / "missing" / "film.mp4")


def test_the_command_says_how_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-m", "vsumlab.video.demo"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (2, "usage: python -m vsumlab.video.demo FILE.mp4\n")
