"""The feature file that a sample is stored in."""

import errno
from urllib.parse import unquote_to_bytes

import h5py
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.shards import contents, made_video

from vsumlab.youtube8m.feature_file import group_name, write_feature_file

VIDEOS = [made_video(number) for number in range(5)]


def test_holds_features_labels_and_attributes(tmp_path):
    path = tmp_path / "o.h5"
    write_feature_file(path, VIDEOS, {"quantized": True, "seed": 3, "source": "made up"})
    assert contents(path) == {video.id: (video.rgb.tobytes(), video.labels.tolist()) for video in VIDEOS}
    with h5py.File(path) as file:
        assert dict(file.attrs) == {"quantized": True, "seed": 3, "source": "made up"}
        for group in file.values():
            assert [*group] == ["features"]
            assert group["features"].shape[1] == 1024
            assert (group["features"].dtype, group["features"].chunks) == (np.uint8, None)


def test_the_same_videos_make_the_same_bytes(tmp_path):
    for name in "ab":
        write_feature_file(tmp_path / name, iter(VIDEOS), {"seed": 3})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_disk_that_is_full_is_an_error_and_no_crash():
    with pytest.raises(OSError, match="No space left") as error:
        write_feature_file("/dev/full", VIDEOS, {})
    assert error.value.errno == errno.ENOSPC


def test_a_folder_that_there_is_not_is_an_error(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        write_feature_file(tmp_path / "nowhere" / "o.h5", VIDEOS, {})


@given(st.lists(st.binary(min_size=1, max_size=64), unique=True, max_size=5))
@example([b".", b"%2E", b"..", b"a/b", b"a%2Fb", b"/", b"\0", b"\xff", b"a b", b"-_.~"])
def test_every_id_has_a_group_of_its_own(ids):
    with h5py.File("ids.h5", "w", driver="core", backing_store=False) as file:
        for video_id in ids:
            file.create_group(group_name(video_id))
        assert sorted(unquote_to_bytes(name) for name in file) == sorted(ids)
        assert all(isinstance(item, h5py.Group) and len(item) == 0 for item in file.values())
