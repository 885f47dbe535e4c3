"""All that is wrong with a file, and what it is good for in spite of it."""

import random

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.core.timeline import Timeline
from vsumlab.data.feature_file.inspection import Inspected, Use, inspect_file, no_choice
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.summary.keyshots import key_shot_summary

KEY_FRAMES = {"user_summary": np.eye(5, 12), "user_scores": None, "change_points": None}
"""Of a video as OVP's file has it: nothing to evaluate with, but features and gtscore."""
ALL = ("video_1", "video_2", "video_3")


def faults(video: Inspected) -> list[str]:
    return [fault.key for fault in video.faults]


def test_sizes_of_a_good_video(video_file, video_arrays):
    path = video_file(changes={"video_2": {"user_scores": None}, "video_3": {"gtscore": None}})
    inspection = inspect_file(path)
    assert (inspection.path, inspection.quantized, inspection.strays) == (path, False, [])
    assert [video.key for video in inspection.videos] == [*ALL]
    for video in inspection.videos:
        assert (video.n_picks, video.dim, video.dtype) == (12, 8, "float32")
        assert (video.n_frames, video.n_shots, video.n_users) == (170, 4, 3)
        assert video.faults == ()
    assert [video.has_user_scores for video in inspection.videos] == [True, False, True]
    assert [video.has_gtscore for video in inspection.videos] == [True, True, False]


def test_a_fault_is_said_as_the_reader_says_it(video_file, video_arrays):
    path = video_file(changes={"video_2": {"picks": video_arrays(2)["picks"][::-1]}})
    with pytest.raises(UserError) as refusal:
        VideoFile(path)
    (fault,) = inspect_file(path).videos[1].faults
    assert str(refusal.value) == f"{path}: video_2: {fault.text}"


def test_all_faults_of_all_videos_are_found_and_sizes_that_they_hide_are_none(video_file, video_arrays):
    features = video_arrays(2)["features"].copy()
    features[3, 2] = np.nan
    path = video_file(
        changes={
            "video_2": {"features": features, "user_summary": np.full((3, 170), 2), "n_steps": 99},
            "video_3": {"picks": None, "user_scores": np.ones((2, 12)), "gtscore": np.ones(3)},
        }
    )
    first, second, third = inspect_file(path).videos
    assert faults(first) == []
    assert faults(second) == ["features", "user_summary"]
    assert (second.n_picks, second.dim, second.dtype, second.fingerprint) == (None, None, "", None)
    assert (second.n_frames, second.n_shots, second.n_users) == (170, 4, None)
    assert faults(third) == ["gtscore", "picks", "user_scores"]
    assert not third.has_gtscore
    assert not third.has_user_scores


USES = [
    ({}, Use.EVALUATION),
    ({"video_1": {"picks": None}}, Use.TRAINING_UNTIL_MENDED),
    ({key: {"picks": None} for key in ALL}, Use.TRAINING_UNTIL_MENDED),
    ({"video_1": KEY_FRAMES}, Use.TRAINING_UNTIL_MENDED),
    (dict.fromkeys(ALL, KEY_FRAMES), Use.TRAINING),
    ({**dict.fromkeys(ALL[:2], KEY_FRAMES), "video_3": {"features": None}}, Use.NONE),
    ({"video_2": {"gtscore": np.full(12, np.nan)}}, Use.NONE),
    ({"video_2": {"features": np.ones((12, 9))}}, Use.NONE),
]


@pytest.mark.parametrize(("changes", "use"), USES)
def test_the_reader_takes_a_file_for_what_it_is_said_to_be_of_use(changes, use, video_file):
    path = video_file(changes=changes)
    assert inspect_file(path).use is use
    for evaluated, good in ((True, use is Use.EVALUATION), (False, use is not Use.NONE)):
        try:
            VideoFile(path, evaluated=evaluated)
            assert good
        except UserError:
            assert not good


def test_each_use_is_tested():
    assert {use for _, use in USES} == {*Use}


def test_arrays_outside_videos_spoil_a_file(video_file):
    path = video_file()
    with h5py.File(path, "a") as file:
        file["notes"] = np.ones(3)
    inspection = inspect_file(path)
    assert inspection.strays == ["notes"]
    assert inspection.use is Use.NONE
    assert not any(video.faults for video in inspection.videos)


def test_other_dimensions_and_the_same_video_twice_are_found(video_file, video_arrays):
    same = video_arrays(1)["features"].astype(np.float16).astype(np.float64)
    others = {"video_2": {"features": same}, "video_4": {"features": np.ones((12, 9))}}
    path = video_file(4, changes={"video_1": {"features": same.astype(np.float32)}, **others})
    one, two, three, four = inspect_file(path).videos
    assert (one.faults, three.faults) == ((), ())
    (twin,), (dim,) = two.faults, four.faults
    assert twin.text.startswith("found the features of video_1")
    assert two.can_be_trained_on
    assert dim.text.startswith("features: found 9 dimensions; expected 8 as in video_1")


def test_quantized_features_alone_are_to_train_on(tmp_path):
    path = tmp_path / "youtube8m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["quantized"] = True
        for i in range(4):
            values = np.random.default_rng(i).integers(0, 256, (20 + i, 16), dtype=np.uint8)
            file[f"ab{i}C/features"] = values
    inspection = inspect_file(path)
    assert inspection.quantized
    assert inspection.use is Use.TRAINING
    assert {video.dtype for video in inspection.videos} == {"uint8"}


def test_a_video_that_cannot_be_read_is_not_the_end(video_file):
    path = video_file()
    with h5py.File(path, "a") as file:
        del file["video_2"]
        file["video_2"] = h5py.SoftLink("/nowhere")
    one, broken, three = inspect_file(path).videos
    assert (one.faults, three.faults) == ((), ())
    (fault,) = broken.faults
    assert fault.text.startswith("found what cannot be read")
    assert not broken.can_be_trained_on


def test_files_without_videos_are_refused(tmp_path):
    path = tmp_path / "some.h5"
    with pytest.raises(UserError, match="no such file"):
        inspect_file(path)
    h5py.File(path, "w").close()
    with pytest.raises(UserError, match="found no videos"):
        inspect_file(path)


def attempt(look):
    try:
        return look()
    except UserError:
        return False


@pytest.mark.parametrize(
    ("n_videos", "times", "n_usable"),
    [(1, 30, range(3, 28)), pytest.param(3, 200, range(21, 180), marks=pytest.mark.slow)],
)
def test_damage_is_never_a_traceback_and_never_passed_over(video_file, tmp_path, n_videos, times, n_usable):
    """Overwrites stretches of a file: where the reader refuses it, so does inspection, and the reverse."""
    good = video_file(n_videos)
    content = good.read_bytes()
    path = tmp_path / "damaged.h5"
    agreed = []
    for seed in range(times):
        rng = random.Random(seed)
        size = rng.choice([1, 4, 64, 512])
        start = rng.randrange(len(content) - size)
        path.write_bytes(content[:start] + rng.randbytes(size) + content[start + size :])
        usable = attempt(lambda: inspect_file(path).use is Use.EVALUATION)
        readable = attempt(lambda: bool(VideoFile(path).keys))
        assert usable == readable
        agreed.append(usable)
    assert sum(agreed) in n_usable


def shots_of(lengths) -> np.ndarray:
    ends = np.cumsum(lengths)
    return np.stack([ends - lengths, ends - 1], axis=1)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=7))
def test_shots_are_at_fault_where_all_scores_have_the_same_summary(lengths) -> None:
    """By brute force: whether any two shots' turn to be the best one's gives another summary."""
    shots, n_frames = shots_of(np.array(lengths)), sum(lengths)
    timeline = Timeline(shots[:, 0], n_frames, shots)
    favourites = 1e-3 + np.eye(len(lengths))
    summaries = {key_shot_summary(scores, timeline).tobytes() for scores in favourites}
    found = no_choice(shots, n_frames)
    assert bool(found) == (len(summaries) == 1)
    if found:
        (fault,) = found
        empty = not key_shot_summary(favourites[0], timeline).any()
        assert f"its summary is {'empty' if empty else 'the same'} whatever the scores" in fault.text


@pytest.mark.parametrize(
    ("lengths", "found", "summary"),
    [
        ([170], "a single shot, longer", "empty"),
        ([80, 90], "2 shots, all longer", "empty"),
        ([20, 70, 80], "3 shots, all but 1 longer", "the same"),
    ],
)
def test_a_video_without_a_choice_of_shots_is_said_to_be_one_and_still_of_use(
    lengths, found, summary, video_file
) -> None:
    shots = {"change_points": shots_of(np.array(lengths)), "n_frame_per_seg": None}
    path = video_file(changes={"video_2": shots})
    inspection = inspect_file(path)
    one, two, three = inspection.videos
    assert (one.faults, three.faults) == ((), ())
    (fault,) = two.faults
    assert fault.text == (
        f"change_points: found {found} than the 25 frames of a summary; its summary is {summary} whatever "
        "the scores, so F1 says nothing; cut the video into shorter shots, or judge its scores by rank "
        "correlations alone"
    )
    assert inspection.use is Use.EVALUATION
    assert VideoFile(path)["video_2"].timeline.shots.tolist() == shots["change_points"].tolist()
    spoiled = inspect_file(
        video_file(changes={"video_2": shots, "video_3": {"picks": None}}, name="spoiled.h5")
    )
    assert spoiled.use is Use.TRAINING_UNTIL_MENDED
