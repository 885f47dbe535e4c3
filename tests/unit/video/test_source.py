"""Frames of a constant rate, whatever a file holds."""

import os
import shutil
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from support.videos import encode, encode_numbered, number_in, numbered

from vsumlab.errors import UserError
from vsumlab.video.decoding import upright
from vsumlab.video.source import SourceVideo, constant_rate, picked

NTSC = Fraction(30_000, 1001)


def read(path: Path) -> list[tuple[int, int, int]]:
    """All spans of a video, each with the number that its picture says."""
    return [(span.first, span.last, number_in(span.picture)) for span in SourceVideo(path).read()]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.webm", "libvpx-vp9"), ("a.mkv", "ffv1"), ("a.ts", "libx264")],
)
@pytest.mark.parametrize("fps", [10, 24, 25, NTSC, 60])
def test_frames_of_a_constant_rate_are_its_frames(
    tmp_path: Path, name: str, codec: str, fps: Fraction | int
) -> None:
    options = {"deadline": "realtime", "cpu-used": "8"} if codec == "libvpx-vp9" else {}
    path = encode_numbered(tmp_path / name, 70, fps, codec=codec, options=options)
    source = SourceVideo(path)
    assert source.fps == fps
    assert read(path) == [(i, i, i) for i in range(70)]
    assert source.read().n_frames == 0  # not read yet


@pytest.mark.parametrize("fps", [10, 24, 25, NTSC, 60])
def test_picks_are_the_frames_nearest_to_every_half_second(tmp_path: Path, fps: Fraction | int) -> None:
    source = SourceVideo(encode_numbered(tmp_path / "a.mp4", 160, fps))
    found = [
        (pick, number_in(picture)) for picks, picture in picked(source.read(), source.fps) for pick in picks
    ]
    times = np.arange(160) / float(fps)
    expected = []
    for k in range(10_000):
        distance = np.abs(times - k / 2)
        if k / 2 > times[-1] + 0.5 / float(fps) - 1e-9:
            break
        expected.append(int(np.flatnonzero(distance < distance.min() + 1e-9)[-1]))  # the later of two as near
    assert [pick for pick, _ in found] == expected
    assert all(pick == number for pick, number in found)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(4, 90), min_size=3, max_size=25))
def test_a_variable_rate_is_seen_as_a_player_shows_it(tmp_path: Path, gaps: list[int]) -> None:
    """Gaps in hundredths of a second, against the definition: the last picture whose time has come."""
    times = [Fraction(sum(gaps[:i]), 100) for i in range(len(gaps))]
    path = encode(tmp_path / "a.mkv", map(numbered, range(len(times))), 25, times=times)
    source = SourceVideo(path)
    shown = {i: number for first, last, number in read(path) for i in range(first, last + 1)}
    assert sorted(shown) == list(range(len(shown)))
    arrivals = [int(np.floor(float(time * source.fps) + 0.5)) for time in times]
    for i, number in shown.items():
        assert number == max(j for j, arrival in enumerate(arrivals) if arrival <= i)
    picks = [pick for own, _ in picked(source.read(), source.fps) for pick in own]
    assert np.allclose(
        np.array(picks) / float(source.fps), np.arange(len(picks)) / 2, atol=0.5 / float(source.fps)
    )


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
def test_a_part_is_what_it_is_in_the_whole(tmp_path: Path, name: str) -> None:
    path = encode_numbered(tmp_path / name, 200, 25, options={"g": "40", "bf": "3"})
    source = SourceVideo(path)
    assert (source.origin > 0) == (name == "a.ts")  # whose times do not start at 0
    for first, last in [(0, 0), (0, 199), (39, 41), (40, 40), (113, 150), (199, 199), (80, 90)]:
        found = [(s.first, s.last, number_in(s.picture)) for s in source.shown(first, last)]
        assert found == [(i, i, i) for i in range(first, last + 1)]


def test_a_part_that_starts_within_a_long_picture_has_that_picture(tmp_path: Path) -> None:
    times = [Fraction(0), Fraction(1, 2), Fraction(3), Fraction(31, 10)]
    source = SourceVideo(encode(tmp_path / "a.mkv", map(numbered, range(4)), 10, times=times))
    at = [int(source.fps * time) for time in (2, 3)]
    found = [(s.first, s.last, number_in(s.picture)) for s in source.shown(at[0], at[1])]
    assert found == [(at[0], at[1] - 1, 1), (at[1], at[1], 2)]


CORNER = np.zeros((48, 64, 3), np.uint8)
CORNER[:24, :32] = (255, 0, 0)  # red, above on the left


@pytest.mark.parametrize(
    ("rotation", "red", "size"),
    [(0, (0, 0), (64, 48)), (90, (1, 0), (48, 64)), (180, (1, 1), (64, 48)), (-90, (0, 1), (48, 64))],
)
def test_a_rotated_video_is_turned_upright(
    tmp_path: Path, rotation: int, red: tuple[int, int], size: tuple[int, int]
) -> None:
    path = encode(tmp_path / "a.mp4", [CORNER] * 3, rotation=rotation)
    source = SourceVideo(path)
    picture = next(iter(source.read())).picture
    image = upright(picture.to_ndarray(format="rgb24"), picture.rotation)
    assert (source.width, source.height) == size == image.shape[1::-1]
    quarters = image.reshape(2, image.shape[0] // 2, 2, image.shape[1] // 2, 3).mean(axis=(1, 3))
    assert np.unravel_index(quarters[..., 0].argmax(), (2, 2)) == red
    if ffmpeg := shutil.which("ffmpeg"):  # a second decoder, which turns pictures by itself
        command = [
            ffmpeg,
            "-v",
            "error",
            "-i",
            path,
            "-frames:v",
            "1",
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ]
        raw = subprocess.run(command, capture_output=True, check=True).stdout
        theirs = np.frombuffer(raw, np.uint8).reshape(image.shape)
        assert np.abs(theirs.astype(int) - image).mean() < 8


@pytest.mark.parametrize(("height", "width"), [(33, 127), (1, 64), (200, 2)])
def test_odd_sizes_are_read(tmp_path: Path, height: int, width: int) -> None:
    image = np.full((height, width, 3), 200, np.uint8)
    path = encode(tmp_path / "a.mkv", [image] * 12, codec="ffv1", pixels="bgr0")
    source = SourceVideo(path)
    assert (source.height, source.width) == (height, width)
    assert [(s.first, s.last) for s in source.read()] == [(i, i) for i in range(12)]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = encode_numbered(tmp_path / "a.webm", 200, codec="libvpx", options={"g": "10", "b": "300k"})
    cut = tmp_path / "cut.webm"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source = SourceVideo(cut)
    reading = source.read()
    spans = list(reading)
    assert 50 < len(spans) < 150
    assert [number_in(span.picture) for span in spans] == list(range(len(spans)))
    (remark,) = reading.remarks
    assert remark.startswith("The file breaks off: there are ")
    assert f"{len(spans) / 10:.1f} s of the 20" in remark


def test_damage_in_the_middle_is_skipped_and_said(tmp_path: Path) -> None:
    path = encode_numbered(tmp_path / "a.ts", 200, options={"g": "10", "b": "300k"})
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = np.random.default_rng(0).bytes(3000)
    path.write_bytes(content)
    reading = SourceVideo(path).read()
    spans = list(reading)
    assert spans[-1].last >= 195
    assert [span.first for span in spans[1:]] == [span.last + 1 for span in spans[:-1]]
    assert number_in(spans[20].picture) == 20
    assert any("damaged" in remark for remark in reading.remarks)
    whole = SourceVideo(encode_numbered(tmp_path / "b.ts", 20)).read()
    assert len(list(whole)) == 20
    assert not whole.remarks


def listed(folder: Path) -> Path:
    """What FFmpeg would read the files of that it names, whatever its own name."""
    encode_numbered(folder / "a.mp4", 3)
    return written(folder / "b.mp4", b"ffconcat version 1.0\nfile 'a.mp4'\n")


def sound_only(path: Path) -> Path:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48_000)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 4800), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 48_000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return path


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def made_by(function: Callable[[Path], object], path: Path) -> Path:
    function(path)
    return path


FRAME = b"FRAME\n" + bytes(32 * 24 * 3 // 2)


def raw(path: Path, head: bytes, n_frames: int = 60, frame: bytes = FRAME) -> Path:
    """A video that is not compressed, whose head says what it likes."""
    return written(path, b"YUV4MPEG2 " + head + b"\n" + frame * n_frames)


def huge_gif(path: Path) -> Path:
    content = bytearray(encode(path, map(numbered, range(3)), codec="gif", pixels="rgb8").read_bytes())
    content[6:10] = b"\xff" * 4
    return written(path, bytes(content))


def picture(path: Path) -> Path:
    Image.fromarray(numbered(5)).save(path)
    return path


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "missing.mp4", "no such file"),
        (lambda folder: folder, "a folder: name a video"),
        (lambda folder: written(folder / "a.mp4", b""), "no video, or a damaged one"),
        (lambda folder: written(folder / "a.txt", b"not a video\n" * 100), "a text or a picture"),
        (lambda folder: picture(folder / "a.png"), "a text or a picture"),
        (
            lambda folder: written(folder / "a.mp4", np.random.default_rng(0).bytes(10_000)),
            "no video, or a damaged one",
        ),
        (lambda folder: sound_only(folder / "a.m4a"), "no video in it, only audio"),
        (lambda folder: made_by(os.mkfifo, folder / "a.mp4"), "no file, but a pipe or a device"),
        (lambda folder: made_by(lambda path: path.symlink_to("/dev/zero"), folder / "a.mp4"), "a device"),
        (lambda folder: folder / ("x" * 5000), "cannot be read"),
        (lambda folder: folder / "a\0b", "cannot be read"),
        (listed, "a list of other files"),
        (lambda folder: huge_gif(folder / "a.gif"), "not one frame of it can be decoded"),
        (lambda folder: raw(folder / "a.y4m", b"W1000000 H1000000 F25:1", 1), "cannot be read"),
    ],
    ids=[
        "missing",
        "folder",
        "empty",
        "text",
        "picture",
        "noise",
        "sound",
        "pipe",
        "device",
        "long name",
        "no name",
        "list",
        "4 gigapixels",
        "a terapixel",
    ],
)
def test_what_is_no_video_is_refused_in_one_line(tmp_path: Path, make: object, message: str) -> None:
    with pytest.raises(UserError, match=message) as error:
        SourceVideo(make(tmp_path))  # type: ignore[operator]
    assert "\n" not in str(error.value)


def test_an_mp4_without_its_index_is_refused(tmp_path: Path) -> None:
    whole = encode_numbered(tmp_path / "a.mp4", 100).read_bytes()
    with pytest.raises(UserError, match="no video, or a damaged one"):
        SourceVideo(written(tmp_path / "cut.mp4", whole[: len(whole) // 2]))


def test_a_file_without_one_picture_that_can_be_decoded_is_refused(tmp_path: Path) -> None:
    path = encode_numbered(tmp_path / "a.mp4", 30)
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    size = int.from_bytes(content[start - 8 : start - 4], "big") - 8
    content[start : start + size] = bytes(size)
    with pytest.raises(UserError, match="not one frame of it can be decoded"):
        SourceVideo(written(tmp_path / "b.mp4", bytes(content)))


def test_an_odd_name_is_a_name(tmp_path: Path) -> None:
    for name in ('it\'s "quoted".mp4', "a\nb.mp4", "-i.mp4", "<script>.mp4", "50%d.mp4", "über.mp4"):
        assert read(encode_numbered(tmp_path / name, 3)) == [(i, i, i) for i in range(3)]


@given(
    average=st.none() | st.fractions(0, 2000, max_denominator=1001),
    guessed=st.none() | st.fractions(0, 100_000, max_denominator=1001),
)
def test_the_rate_is_one_that_makes_sense(average: Fraction | None, guessed: Fraction | None) -> None:
    found = constant_rate(average, guessed)
    assert 2 <= found <= 1000
    if average and guessed == average and 2 <= average <= 1000:
        assert found == average


def test_a_clock_that_starts_anew_is_a_film_that_goes_on(tmp_path: Path) -> None:
    first, second = (encode_numbered(tmp_path / f"{n}.ts", n, options={"bf": "0"}) for n in (40, 50))
    joined = written(tmp_path / "joined.ts", first.read_bytes() + second.read_bytes())
    source = SourceVideo(joined)
    reading = source.read()
    numbers = [number_in(span.picture) for span in reading]
    assert numbers == [*range(40), *range(50)]
    assert reading.n_frames == 90
    assert not source.continuous
    assert any("The times in the file jump" in remark for remark in reading.remarks)
    assert [number_in(span.picture) for span in source.shown(38, 43)] == [38, 39, 0, 1, 2, 3]


def test_a_clock_that_jumps_by_hours_makes_no_film_of_hours(tmp_path: Path) -> None:
    times = [Fraction(i, 10) + (72_000 if i >= 30 else 0) for i in range(60)]
    source = SourceVideo(encode(tmp_path / "a.mkv", map(numbered, range(60)), 10, times=times))
    assert [number_in(span.picture) for span in source.read()] == list(range(60))
    reading = source.read()
    assert len(list(reading)) == reading.n_frames == 60


def test_a_file_that_cannot_be_sought_is_read_from_its_start(tmp_path: Path) -> None:
    path = encode_numbered(tmp_path / "a.h264", 60, 25, options={"bf": "0"})
    source = SourceVideo(path)
    assert [number_in(span.picture) for span in source.shown(40, 43)] == [40, 41, 42, 43]


@pytest.mark.parametrize(
    "head", [b"F0:0", b"F-25:1", b"F2147483647:1", b"F1:2147483647", b"F25:1 A100000:1", b"F25:1 A1:100000"]
)
def test_a_head_that_says_the_absurd_makes_neither_hours_nor_giants(head: bytes, tmp_path: Path) -> None:
    """Of 60 frames, at what may be 2 frames a second: a last frame of 68 years would be 4 billion frames."""
    source = SourceVideo(raw(tmp_path / "a.y4m", b"W32 H24 " + head))
    reading = source.read()
    assert sum(1 for _ in reading) <= 60
    assert reading.n_frames <= 60
    assert 2 <= source.fps <= 1000
    assert (source.width, source.height) == (32, 24)


def test_a_name_that_begins_like_a_protocol_is_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("pipe:0.mp4", "concat:a.mp4", "data:x.mp4"):
        encode_numbered(tmp_path / "a.mp4", 3).rename(name)
        assert read(Path(name)) == [(i, i, i) for i in range(3)]
