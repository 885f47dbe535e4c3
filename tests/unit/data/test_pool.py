"""Several feature files as one."""

import json

import h5py
import numpy as np
import pytest

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.pool import VideoPool
from vsumlab.errors import UserError


@pytest.fixture
def pool(video_file) -> VideoPool:
    """Three evaluated videos, and two of each of two other datasets, all of other features."""
    rng = np.random.default_rng(0)
    others = {}
    for name in ("ovp", "youtube"):
        features = {f"video_{i}": {"features": rng.random((12, 8))} for i in (1, 2)}
        others[name] = VideoFile(video_file(2, features, f"{name}.h5"), evaluated=False)
    return VideoPool(VideoFile(video_file()), others)


def test_a_pool_reads_each_video_from_its_own_file(pool) -> None:
    assert pool.other_keys == ("ovp/video_1", "ovp/video_2", "youtube/video_1", "youtube/video_2")
    for key in ("video_2", *pool.other_keys):
        name, _, own = key.rpartition("/")
        file = pool.others[name] if name else pool.evaluated
        with h5py.File(file.path) as content:
            expected = content[own]["features"][()].astype(np.float32)
        np.testing.assert_array_equal(pool.video(key).features.numpy(), expected)
        assert pool.fingerprint(key) is file.fingerprints[own]


def test_labels_are_looked_for_in_each_videos_own_file(video_file) -> None:
    mine = VideoFile(video_file(2, {"video_2": {"gtscore": None}}, "mine.h5"), evaluated=False)
    pool = VideoPool(VideoFile(video_file(changes={"video_1": {"gtscore": None}})), {"mine": mine})
    keys = ("video_1", "video_2", "mine/video_1", "mine/video_2")
    assert [pool.is_labelled(key) for key in keys] == [False, True, True, False]


def test_other_dimensions_are_refused_with_both_files_named(video_file) -> None:
    six = {f"video_{i}": {"features": np.ones((12, 6))} for i in (1, 2, 3)}
    with pytest.raises(UserError, match=r"six.h5: features of 6 dimensions, but .*videos.h5 has 8"):
        VideoPool(VideoFile(video_file()), {"six": VideoFile(video_file(3, six, "six.h5"), evaluated=False)})


@pytest.mark.parametrize("evaluated_is_signed", [True, False])
def test_features_of_both_signs_and_of_one_are_refused_naming_those_of_both(
    video_file, evaluated_is_signed
) -> None:
    signed = {"video_1": {"features": np.random.default_rng(0).standard_normal((12, 8))}}
    plain, both = video_file(1, name="plain.h5"), video_file(1, signed, "both.h5")
    evaluated, other = (both, plain) if evaluated_is_signed else (plain, both)
    with pytest.raises(UserError, match=r"both\.h5: features of both signs, but .*plain\.h5 has none"):
        VideoPool(VideoFile(evaluated), {"other": VideoFile(other, evaluated=False)})


def say(path, network) -> None:
    with h5py.File(path, "a") as file:
        file.attrs["backbone"] = json.dumps(network)


def test_features_of_two_networks_are_refused_by_name_though_dimensions_agree(video_file) -> None:
    mine, others = video_file(2, {}, "mine.h5"), video_file(2, {}, "others.h5")
    small, large = ({"name": name, "sha256": name[0] * 64} for name in ("small", "large"))
    assert VideoPool(VideoFile(mine), {"o": VideoFile(others, evaluated=False)}).backbone is None
    say(others, large)
    pool = VideoPool(VideoFile(mine), {"o": VideoFile(others, evaluated=False)})
    assert pool.backbone == large  # the other file does not say, as no public one does
    say(mine, large)
    assert VideoPool(VideoFile(mine), {"o": VideoFile(others, evaluated=False)}).backbone == large
    say(mine, small)
    with pytest.raises(
        UserError, match=r"others\.h5: features of large \(llllllll\), but others are of small"
    ):
        VideoPool(VideoFile(mine), {"o": VideoFile(others, evaluated=False)})
    say(others, {**small, "sha256": "f" * 64})  # of one name, with other weights
    with pytest.raises(UserError, match=r"small \(ffffffff\), but others are of small \(ssssssss\)"):
        VideoPool(VideoFile(mine), {"o": VideoFile(others, evaluated=False)})
