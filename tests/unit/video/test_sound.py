"""The sound of a part of a video, sample by sample."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from support.videos import encode, numbered

from vsumlab.video.sound import RATE, resampled, sound
from vsumlab.video.source import SourceVideo

TONE, DURATION = 440.0, 6


def video(folder: Path, name: str = "a.mp4") -> SourceVideo:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    path = encode(folder / name, map(numbered, range(10 * DURATION)), tone=TONE, codec=codec)
    return SourceVideo(path)


def heard(source: SourceVideo, start: Fraction, n_samples: int) -> np.ndarray:
    return np.concatenate(list(sound(source, start, n_samples)), axis=1)


@pytest.mark.parametrize("name", ["a.mp4", "a.webm"])
@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 3), Fraction(5, 2), Fraction(4)])
def test_a_part_is_the_sound_of_that_time(tmp_path: Path, name: str, start: Fraction) -> None:
    """The tone grows louder in proportion to time, so its loudness says when it is from."""
    found = heard(video(tmp_path, name), start, RATE)
    assert found.shape == (2, RATE)
    for at in (0.25, 0.75):
        middle = found[0, int((at - 0.1) * RATE) : int((at + 0.1) * RATE)]
        loudness = np.sqrt(2 * np.mean(middle**2))
        assert loudness * DURATION == pytest.approx(float(start) + at, abs=0.1)
    spectrum = np.abs(np.fft.rfft(found[0]))
    assert spectrum.argmax() == TONE  # bins of 1 Hz


def test_parts_that_follow_each_other_are_the_whole(tmp_path: Path) -> None:
    source = video(tmp_path)
    whole = heard(source, Fraction(0), 3 * RATE)
    parts = np.concatenate([heard(source, Fraction(i), RATE) for i in range(3)], axis=1)
    inside = slice(RATE // 10, None)  # an encoder's start
    assert np.abs(whole - parts)[:, inside].max() < 0.05
    assert np.corrcoef(whole[0, inside], parts[0, inside])[0, 1] > 0.99


def test_where_a_file_has_no_more_sound_it_is_silent(tmp_path: Path) -> None:
    found = heard(video(tmp_path), Fraction(DURATION - 1), 3 * RATE)
    assert found.shape == (2, 3 * RATE)
    assert np.abs(found[:, : RATE // 2]).max() > 0.5
    assert not found[:, 2 * RATE :].any()
    assert not heard(video(tmp_path), Fraction(100), 500).any()
    assert list(sound(video(tmp_path), Fraction(0), 0)) == []


def test_channels_that_change_on_the_way_are_heard_to_the_end(tmp_path: Path) -> None:
    def frames() -> Iterator[av.AudioFrame]:
        for i in range(20):
            layout, n = ("stereo", 2) if i < 10 else ("mono", 1)
            frame = av.AudioFrame.from_ndarray(
                np.full((n, 4410), 0.5, np.float32), format="fltp", layout=layout
            )
            frame.sample_rate, frame.pts, frame.time_base = 44_100, i * 4410, Fraction(1, 44_100)
            yield frame

    found = list(resampled(frames()))
    assert sum(frame.samples for frame in found) == pytest.approx(2 * RATE, abs=64)
    assert {frame.layout.name for frame in found} == {"stereo"}
