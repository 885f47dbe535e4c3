"""What a feature file is read as, and how it is refused as a whole."""

import os
import pickle
import tracemalloc
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import h5py
import numpy as np
import pytest
import torch
from support.feature_files import as_arrays

from vsumlab.data.feature_file.reader import VideoFile, open_videos
from vsumlab.data.feature_file.schema import SCHEMA
from vsumlab.errors import UserError


def test_optional_annotations_count_only_where_all_videos_have_them(video_file):
    assert VideoFile(video_file()).has_user_scores
    assert not VideoFile(video_file(changes={"video_2": {"user_scores": None}})).has_user_scores


def test_labels_are_known_video_by_video(video_file):
    file = VideoFile(video_file(changes={"video_2": {"gtscore": None}}))
    assert file.labelled == {"video_1", "video_3"}


def test_reads_what_was_written(video_file, video_arrays):
    file = VideoFile(video_file())
    assert (len(file), file.keys, file.feature_dim) == (3, ("video_1", "video_2", "video_3"), 8)
    for i, key in enumerate(file.keys, start=1):
        video, written = file[key], video_arrays(i)
        assert video.key == key
        timeline, people = video.timeline, video.annotations
        assert video.features.dtype == file.features(key).gtscore.dtype == torch.float32
        assert (timeline.picks.dtype, timeline.shots.dtype) == (np.int64, np.int64)
        assert (people.user_summary.dtype, people.user_scores.dtype) == (np.bool_, np.float64)
        assert (timeline.n_frames, video.n_picks) == (170, 12)
        for name, array in as_arrays(file, key).items():
            np.testing.assert_array_equal(array, written[name], err_msg=name)


def test_it_is_gone_through_video_by_video_in_its_order(video_file):
    file = VideoFile(video_file(n_videos=11))
    videos = [*file]
    assert len(videos) == len(file) == 11
    assert [video.key for video in videos] == [*file.keys] == [f"video_{i}" for i in range(1, 12)]
    for video in file:
        np.testing.assert_array_equal(video.features, file[video.key].features)
    assert "video_11" in file
    assert "video_12" not in file


def test_it_says_in_a_line_what_it_is(video_file):
    path = video_file()
    assert repr(VideoFile(path)) == f"VideoFile('{path}', 3 videos, 8 dimensions)"
    only = repr(VideoFile(path, evaluated=False))
    assert only == f"VideoFile('{path}', 3 videos, 8 dimensions, only to train on)"


def test_float16_features_come_as_float32(video_file, video_arrays):
    half = video_arrays(1)["features"].astype(np.float16)
    video = VideoFile(video_file(n_videos=1, changes={"video_1": {"features": half}}))["video_1"]
    assert video.features.dtype == torch.float32
    np.testing.assert_array_equal(video.features, half.astype(np.float32))


def test_a_training_only_file_needs_features_alone(video_file):
    bare = dict.fromkeys(SCHEMA) | {"features": np.ones((5, 8))}
    key_frames = {"user_summary": np.ones((5, 7)), "picks": np.ones(3), "n_frames": "unknown"}
    path = video_file(changes={"video_1": bare, "video_2": key_frames})
    file = VideoFile(path, evaluated=False)
    assert file.features("video_1").features.shape == (5, 8)
    assert file.features("video_1").gtscore is None
    assert file.features("video_2").gtscore.shape == (12,)
    for key in ("video_1", "video_2"):
        with pytest.raises(UserError, match=key):
            file[key]
    with pytest.raises(UserError, match="video_1"):
        VideoFile(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [("features", np.full((12, 8), np.nan)), ("features", np.ones((1, 8))), ("gtscore", [1.0])],
)
def test_a_training_only_file_is_checked_all_the_same(key, value, video_file):
    with pytest.raises(UserError, match=f"video_3: {key}: found"):
        VideoFile(video_file(changes={"video_3": {key: value}}), evaluated=False)


def test_refuses_unequal_feature_dimensions_naming_both(video_file):
    path = video_file(changes={"video_3": {"features": np.ones((12, 9))}})
    with pytest.raises(UserError, match=r"video_3: features: found 9 dimensions; expected 8 as in video_1"):
        VideoFile(path)


def test_refuses_a_file_without_videos(tmp_path):
    path = tmp_path / "empty.h5"
    h5py.File(path, "w").close()
    with pytest.raises(UserError, match="found no videos"):
        VideoFile(path)


def test_refuses_arrays_at_the_root(video_file):
    path = video_file()
    with h5py.File(path, "a") as file:
        file["features"] = np.ones(3)
    with pytest.raises(UserError, match="features: found an array outside any video"):
        VideoFile(path)


def test_refuses_a_group_where_an_array_should_be(video_file):
    path = video_file()
    with h5py.File(path, "a") as file:
        del file["video_2/picks"]
        file.create_group("video_2/picks")
    with pytest.raises(UserError, match="video_2: picks: found a group"):
        VideoFile(path)


def test_an_unknown_video_is_refused(video_file):
    with pytest.raises(UserError, match="video_9: no such video"):
        VideoFile(video_file())["video_9"]
    with pytest.raises(UserError, match="video_9: no such video"):
        VideoFile(video_file()).features("video_9")


def test_keys_are_in_natural_order(video_file):
    file = VideoFile(video_file(n_videos=12))
    assert file.keys == tuple(f"video_{i}" for i in range(1, 13))


def total(file_and_key):
    file, key = file_and_key
    return os.getpid(), file[key].features.double().sum().item()


def test_survives_pickling_and_other_processes(video_file):
    file = VideoFile(video_file())
    copy = pickle.loads(pickle.dumps(file))
    assert copy.keys == file.keys
    here = [total((copy, key))[1] for key in file.keys]
    with ProcessPoolExecutor(2, mp_context=get_context("fork")) as pool:
        there = list(pool.map(total, [(file, key) for key in file.keys]))
    assert [value for _, value in there] == here
    assert os.getpid() not in {process for process, _ in there}


def test_memory_does_not_grow_with_the_number_of_videos(tmp_path):
    """Opening and reading forty videos of 0.4 MB takes no more memory than a few of them."""
    path = tmp_path / "many.h5"
    with h5py.File(path, "w") as file:
        for i in range(40):
            file[f"video_{i}/features"] = np.ones((100, 1024), dtype=np.float32)
    tracemalloc.start()
    videos = VideoFile(path, evaluated=False)
    for key in videos.keys:
        videos.features(key)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 100 * 1024 * 4


def test_a_file_is_opened_and_checked_once_until_it_changes(video_file):
    path = video_file()
    first = open_videos(path)
    assert open_videos(path) is first
    assert open_videos(path, evaluated=False) is not first
    assert open_videos(video_file(n_videos=4)) is not first
    assert len(open_videos(path)) == 4
    path.unlink()
    with pytest.raises(UserError, match="no such file"):
        open_videos(path)


def test_a_file_that_changes_after_it_was_opened_is_refused_when_it_is_read(video_file):
    file = VideoFile(video_file())
    with h5py.File(file.path, "a") as content:
        content["video_2/features"][3] = np.nan
    assert file["video_1"].key == "video_1"
    for read in (file.__getitem__, file.features):
        with pytest.raises(UserError, match="video_2: features: found 8 of 96 values not finite"):
            read("video_2")


@pytest.mark.parametrize(
    ("features", "signed"),
    [
        (np.random.default_rng(0).random((12, 8)), False),
        (np.random.default_rng(0).standard_normal((12, 8)), True),
        (np.random.default_rng(0).integers(0, 256, (12, 8), dtype=np.uint8), True),
        (np.r_[np.full((11, 8), 1.0), np.full((1, 8), -1e-3)], False),  # noise about 0
    ],
)
def test_features_of_both_signs_are_noticed(video_file, features, signed):
    assert VideoFile(video_file(1, {"video_1": {"features": features}})).signed == signed


def test_quantized_features_are_bytes_for_training_and_numbers_for_evaluation(video_file):
    stored = np.random.default_rng(0).integers(0, 256, (12, 8), dtype=np.uint8)
    file = VideoFile(video_file(changes={"video_1": {"features": stored}}))
    assert file.features("video_1").features.dtype == torch.uint8
    np.testing.assert_array_equal(file.features("video_1").features, stored)
    numbers = file["video_1"].features
    assert numbers.dtype == torch.float32
    np.testing.assert_allclose(numbers, stored * (4 / 255) + 4 / 512 - 2, rtol=1e-6, atol=1e-6)


def test_constant_labels_are_none(video_file):
    file = VideoFile(video_file(changes={"video_2": {"gtscore": np.zeros(12)}}))
    assert file.labelled == {"video_1", "video_3"}


@pytest.mark.data
def test_real_tvsum(real_data):
    file = open_videos(real_data / "tvsum.h5")
    assert file.keys == tuple(f"video_{i}" for i in range(1, 51))
    assert (file.feature_dim, file.has_user_scores) == (1024, True)
    assert file.labelled == {*file.keys}
    with h5py.File(real_data / "ydata-tvsum50.mat") as authors:
        for i in (0, 11, 49):
            video = file[f"video_{i + 1}"]
            timeline, people = video.timeline, video.annotations
            frames = int(authors[authors["tvsum50/nframes"][i, 0]][()].item())
            annotations = authors[authors["tvsum50/user_anno"][i, 0]][()]
            assert (timeline.n_frames, annotations.shape) == (frames, (20, frames))
            np.testing.assert_array_equal(people.user_scores, annotations[:, timeline.picks])
            np.testing.assert_allclose(np.linalg.norm(video.features, axis=1), 1, atol=2e-3)
            assert (people.user_summary.mean(1) <= 0.15).all()


def test_the_frame_rate_is_the_files_or_the_usual_one(video_file):
    file = VideoFile(
        video_file(
            changes={"video_1": {"fps": None}, "video_2": {"fps": 60.0}, "video_3": {"fps": np.array([25])}}
        )
    )
    assert [file[key].timeline.fps for key in file.keys] == [30, 60, 25]
    assert [file.features(key).timing.rate for key in file.keys] == [2, 4, 25 / 15]


@pytest.mark.parametrize("fps", [0, -1.0, np.nan, np.inf])
def test_a_frame_rate_that_cannot_be_is_refused(video_file, fps):
    path = video_file(1, {"video_1": {"fps": fps}})
    with pytest.raises(UserError, match=r"video_1: fps: found .*; expected one number above 0"):
        VideoFile(path)
    assert VideoFile(path, evaluated=False).features("video_1").timing is None


def test_what_a_method_sees_of_an_evaluated_video_has_its_timing(video_file):
    file = VideoFile(video_file())
    for key in file.keys:
        seen, video = file.features(key).timing, file[key].timing
        assert seen.rate == video.rate
        assert torch.equal(seen.shots, video.shots)
