"""The key-shots of a video as a video of their own."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from support.videos import encode, encode_numbered, number_in, numbered

from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError
from vsumlab.video import clips
from vsumlab.video.clips import ENCODERS, as_seen, encoders, pieces, write_clips
from vsumlab.video.result import VideoSummary
from vsumlab.video.sound import RATE
from vsumlab.video.source import SourceVideo

NTSC = Fraction(30_000, 1001)


def summary(source: SourceVideo, ends: list[int], selected: list[int]) -> VideoSummary:
    """Of shots that end before frames `ends`, some of them selected; the frame that is best is the latest."""
    shots = np.stack([[0, *ends[:-1]], np.array(ends) - 1], axis=1)
    picks = np.arange(0, ends[-1], 5)
    timeline = Timeline(picks, ends[-1], shots, float(source.fps))
    chosen = np.isin(np.arange(len(ends)), selected)
    return VideoSummary(source.path, timeline, np.linspace(0, 1, len(picks)), chosen, "a test")


@pytest.mark.parametrize("fps", [10, 25, NTSC])
@pytest.mark.parametrize("name", ["a.mp4", "a.webm", "a.ts"])
def test_it_is_the_frames_of_the_key_shots_in_order(tmp_path: Path, name: str, fps: Fraction | int) -> None:
    codec = "libvpx" if name.endswith("webm") else "libx264"
    source = SourceVideo(encode_numbered(tmp_path / name, 120, fps, codec=codec, options={"g": "50"}))
    chosen = summary(source, [13, 50, 51, 90, 120], [0, 2, 3])
    pictures = write_clips(source, chosen, tmp_path / "summary.mp4")
    made = SourceVideo(tmp_path / "summary.mp4")
    wanted = [*range(13), *range(50, 90)]
    assert [number_in(span.picture) for span in made.read()] == wanted
    assert (made.fps, made.has_sound) == (fps, False)
    assert [number_in(picture) for picture in pictures] == [10, 50, 85]
    assert made.stated_duration == pytest.approx(len(wanted) / float(fps), abs=0.01)


def test_it_has_the_sound_of_the_key_shots(tmp_path: Path) -> None:
    path = encode(tmp_path / "a.mp4", map(numbered, range(100)), tone=440.0)
    source = SourceVideo(path)
    write_clips(source, summary(source, [20, 40, 70, 100], [1, 3]), tmp_path / "summary.mp4")
    with av.open(str(tmp_path / "summary.mp4")) as container:
        assert [stream.codec_context.name for stream in container.streams] == ["h264", "aac"]
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    found = np.concatenate(frames, axis=1)[0]
    assert len(found) / RATE == pytest.approx(5.0, abs=0.05)
    for at, time in [(0.5, 2.5), (1.5, 3.5), (2.5, 7.5), (4.5, 9.5)]:
        part = found[int((at - 0.1) * RATE) : int((at + 0.1) * RATE)]
        assert np.sqrt(2 * np.mean(part**2)) * 10 == pytest.approx(time, abs=0.2)


def test_a_rotated_video_becomes_an_upright_one_of_even_sides(tmp_path: Path) -> None:
    image = np.zeros((50, 64, 3), np.uint8)
    image[:25] = 255  # above; after a quarter against the clock, on the left
    source = SourceVideo(encode(tmp_path / "a.mp4", [image] * 20, rotation=90))
    (picture,) = write_clips(source, summary(source, [20], [0]), tmp_path / "summary.mp4")
    made = next(iter(SourceVideo(tmp_path / "summary.mp4").read())).picture
    assert (made.width, made.height, made.rotation) == (50, 64, 0)
    for each in (picture, made.to_ndarray(format="rgb24")):
        assert each[:, :20].mean() > 240
        assert each[:, 30:].mean() < 15


def test_odd_sizes_and_a_variable_rate(tmp_path: Path) -> None:
    images = [np.full((33, 127, 3), 20 * i, np.uint8) for i in range(10)]
    times = [Fraction(i * i, 10) for i in range(10)]
    source = SourceVideo(encode(tmp_path / "a.mkv", images, times=times, codec="ffv1", pixels="bgr0"))
    n_frames = list(source.read())[-1].last + 1
    write_clips(source, summary(source, [n_frames // 2, n_frames], [1]), tmp_path / "summary.mp4")
    made = SourceVideo(tmp_path / "summary.mp4")
    spans = list(made.read())
    duration = float((n_frames - n_frames // 2) / source.fps)
    assert made.stated_duration == pytest.approx(duration, abs=0.01)
    levels = [span.picture.to_ndarray(format="rgb24").mean() for span in spans]
    assert levels[0] == pytest.approx(
        20 * max(i for i in range(10) if times[i] * source.fps <= n_frames // 2), abs=6
    )
    assert levels[-1] == pytest.approx(180, abs=6)


def test_shots_that_follow_each_other_are_one_piece(tmp_path: Path) -> None:
    source = SourceVideo(encode_numbered(tmp_path / "a.mp4", 60))
    assert pieces(summary(source, [10, 20, 30, 40, 60], [0, 1, 3])) == [(0, 19), (30, 39)]


def test_thumbnails_are_small(tmp_path: Path) -> None:
    image = np.full((1200, 800, 3), 128, np.uint8)
    source = SourceVideo(encode(tmp_path / "a.mp4", [image] * 10, options={"preset": "ultrafast"}))
    (picture,) = write_clips(source, summary(source, [10], [0]), tmp_path / "summary.mp4")
    assert picture.shape == (480, 320, 3)


def test_without_h264_it_is_vp9(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "has_encoder", lambda name: name not in ("libx264", "aac"))
    assert encoders() is ENCODERS[1]
    source = SourceVideo(encode(tmp_path / "a.mp4", map(numbered, range(20)), tone=300.0))
    write_clips(source, summary(source, [20], [0]), tmp_path / "summary.mp4")
    with av.open(str(tmp_path / "summary.mp4")) as container:
        assert [stream.codec_context.codec.canonical_name for stream in container.streams] == ["vp9", "opus"]
    monkeypatch.setattr(clips, "has_encoder", lambda name: False)
    with pytest.raises(UserError, match="can encode neither H.264 and AAC nor VP9".replace(".", r"\.")):
        encoders()


def test_a_place_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    source = SourceVideo(encode_numbered(tmp_path / "a.mp4", 20))
    with pytest.raises(UserError, match="cannot be written"):
        write_clips(source, summary(source, [20], [0]), tmp_path / "missing" / "summary.mp4")


def test_a_disk_that_is_full_is_said_in_one_line(tmp_path: Path) -> None:
    """A limit on a file's size stands for the disk's."""
    images = np.random.default_rng(0).integers(0, 256, (30, 96, 128, 3), dtype=np.uint8)
    path = encode(tmp_path / "a.mp4", images)
    code = (
        "import resource, sys; sys.path[:0] = sys.argv[3:]\n"
        "from test_clips import *\n"
        "source = SourceVideo(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try: write_clips(source, summary(source, [30], [0]), Path(sys.argv[2]))\n"
        "except UserError as error: print(error)\n"
    )
    folders = [Path(__file__).parent, Path(__file__).parents[2]]
    done = subprocess.run(
        [sys.executable, "-c", code, path, tmp_path / "summary.mp4", *folders], capture_output=True, text=True
    )
    assert "summary.mp4 cannot be written (" in done.stdout, done.stderr


@pytest.mark.parametrize("pixels", ["yuvj420p", "yuv420p"])
@pytest.mark.parametrize("rotation", [0, 90])
def test_colours_stay_what_they_are(tmp_path: Path, pixels: str, rotation: int) -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[:32, :32], image[:32, 32:], image[32:, :32] = (250, 250, 250), (220, 40, 40), (8, 8, 8)
    source = SourceVideo(encode(tmp_path / "a.mp4", [image] * 10, pixels=pixels, rotation=rotation))
    before = as_seen(next(iter(source.read())).picture, 64, 64).to_ndarray(format="rgb24").astype(int)
    write_clips(source, summary(source, [10], [0]), tmp_path / "summary.mp4")
    after = next(iter(SourceVideo(tmp_path / "summary.mp4").read())).picture
    assert np.abs(after.to_ndarray(format="rgb24") - before).mean() < 4
