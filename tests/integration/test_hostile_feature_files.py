"""Feature files that are damaged or made to harm: read rightly, or one line."""

from itertools import chain

import h5py
import numpy as np
import pytest
from support.fuzz import Case, damages, faults
from support.hostile_hdf5 import absurd_cases, h5_cases, unwritten_chunks

from vsumlab.data.feature_file.inspection import inspect_file
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError

NEEDED = ("features", "picks", "change_points", "user_summary", "gtscore", "user_scores", "n_frame_per_seg")
NAMES = [f"video_2/{key}" for key in (*NEEDED, "n_frames", "n_steps", "fps")]


def read(path):
    """Reads all there is, and compares with what is plainly in the file."""
    videos = VideoFile(path)
    for video in videos:
        with h5py.File(path) as file:
            plain = {key: file[video.key][key][()] for key in ("features", "picks", "user_summary")}
        np.testing.assert_array_equal(video.features, plain["features"].astype(np.float32))
        np.testing.assert_array_equal(video.timeline.picks, plain["picks"])
        assert np.isfinite(video.annotations.user_scores).all()
        assert video.annotations.user_summary.any() == (plain["user_summary"] == 1).any()
        assert np.isfinite(videos.features(video.key).gtscore).all()


def inspect(path):
    assert all(fault.text.isprintable() for video in inspect_file(path).videos for fault in video.faults)


@pytest.fixture
def layouts(video_file, tmp_path):
    """A good file as h5py writes it, compressed in chunks, and in HDF5's later form."""
    plain = video_file(2, name="plain.h5")
    paths = {"plain.h5": plain, "packed.h5": tmp_path / "packed.h5", "later.h5": tmp_path / "later.h5"}
    for name, settings, form in (
        ("packed.h5", {"compression": "gzip", "shuffle": True}, None),
        ("later.h5", {}, "latest"),
    ):
        with h5py.File(plain) as good, h5py.File(paths[name], "w", libver=form) as file:
            file.attrs["backbone"] = '{"name": "googlenet", "sha256": "ab12"}'
            for key, group in good.items():
                for entry, array in group.items():
                    file.create_dataset(f"{key}/{entry}", data=array[()], **(settings if array.ndim else {}))
    return paths


def test_good_files_are_read_in_any_layout(layouts, tmp_path):
    cases = [Case(name, lambda _: None, "read") for name in layouts]
    assert faults(cases, read, tmp_path) == {}


def test_what_is_not_in_the_file_is_refused(video_file, tmp_path):
    good = video_file(2)
    arrays = [f"video_2/{key}" for key in ("features", "user_summary")]
    assert faults([*h5_cases(good, arrays)], read, tmp_path) == {}


def test_a_damaged_file_is_read_or_refused(layouts, tmp_path):
    cases = chain(*(damages(name, path.read_bytes(), range(15)) for name, path in layouts.items()))
    assert faults([*cases, *absurd_cases(layouts["plain.h5"], NAMES, range(30))], read, tmp_path) == {}


@pytest.mark.slow
def test_no_array_may_be_missing(video_file, tmp_path):
    assert faults([*h5_cases(video_file(2), [f"video_2/{key}" for key in NEEDED])], read, tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("way", [read, inspect])
def test_many_damaged_files_are_read_or_refused(way, layouts, tmp_path):
    cases = chain(*(damages(name, path.read_bytes(), range(100, 350)) for name, path in layouts.items()))
    assert faults([*cases, *absurd_cases(layouts["plain.h5"], NAMES, range(100, 300))], way, tmp_path) == {}


def with_attribute(path, before, after):
    """A file that names its network, with a stretch of it replaced, counted from that attribute's name."""
    with h5py.File(path, "a") as file:
        file.attrs["backbone"] = '{"name": "googlenet", "sha256": "ab12"}'
    content = path.read_bytes()
    start = content.index(b"backbone\0")
    assert before in content[start:]
    return content[:start] + content[start:].replace(before, after, 1)


def test_an_attribute_that_crashes_hdf5_is_one_line(video_file, tmp_path):
    """HDF5 2.0 reads an attribute of variable length, of neither a string nor a sequence, out of bounds."""
    content = with_attribute(video_file(2), before=b"\x19\x01\x01\0", after=b"\x19\xff\x01\0")
    assert faults([Case("crash.h5", lambda path: path.write_bytes(content))], read, tmp_path) == {}


def test_rows_that_were_never_written_are_refused_where_h5py_has_zeros(video_file):
    path = video_file(2)
    with h5py.File(path, "a") as file:
        unwritten_chunks(file, "video_2/features")
        assert not file["video_2/features"][1:].any()
    with pytest.raises(
        UserError, match=r"video_2: features: found shape \(12, 8\), of which not all was written"
    ):
        VideoFile(path)


@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[2J", b"caf\xe9", b"x" * 60_000], ids=range(4))
def test_names_of_videos_may_be_anything(name, video_file):
    path = video_file(2)
    with h5py.File(path, "a") as file:
        file.move("video_2", name)
        del file[name]["picks"]
    with pytest.raises(UserError, match=r"videos\.h5: ") as refusal:
        VideoFile(path)
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 2100
