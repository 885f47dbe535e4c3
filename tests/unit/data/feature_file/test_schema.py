"""Key by key: what is refused, and what is let pass and mended."""

import h5py
import numpy as np
import pytest
from support.feature_files import as_arrays

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.feature_file.schema import FRAME_TOLERANCE, SCHEMA
from vsumlab.errors import UserError


def put(index, value):
    """A change that sets one element, in a dtype that can hold it."""

    def change(array):
        wide = np.array(array, dtype=np.result_type(np.asarray(array), np.asarray(value)))
        wide[index] = value
        return wide

    return change


def longer(frames):
    """A change of `change_points` that moves the end of the last shot."""
    return lambda shots: np.vstack([shots[:-1], [[shots[-1, 0], shots[-1, 1] + frames]]])


FAR = FRAME_TOLERANCE + 1

# what is wrong: the key, how a good value is spoiled, and what the message must say was found
REFUSED = {
    "features one axis": ("features", lambda x: x[:, 0], r"shape \(12,\)"),
    "features three axes": ("features", lambda x: x[None], r"shape \(1, 12, 8\)"),
    "features of text": ("features", lambda x: np.full(x.shape, b"0.5"), "dtype .S3"),
    "features bool": ("features", lambda x: x > 0.5, "dtype bool"),
    "features complex": ("features", lambda x: x.astype(complex), "dtype complex128"),
    "features NaN": ("features", put((7, 3), np.nan), "1 of 96 values not finite, first at pick 7"),
    "features infinite": (
        "features",
        put((4, slice(2)), -np.inf),
        "2 of 96 values not finite, first at pick 4",
    ),
    "features beyond float32": ("features", put((0, 0), np.float64(1e60)), "not finite, first at pick 0"),
    "features empty": ("features", lambda x: h5py.Empty("f4"), "empty"),
    "features of no dimension": ("features", lambda x: x[:, :0], r"shape \(12, 0\)"),
    "features of no pick": ("features", lambda x: x[:0], r"shape \(0, 8\)"),
    "features of one pick": ("features", lambda x: x[:1], r"shape \(1, 8\)"),
    "features one row short": ("features", lambda x: x[:-1], "for 11"),
    "fps zero": ("fps", lambda _: 0.0, "found 0.0;"),
    "picks short": ("picks", lambda x: x[:-1], "11 for 12 rows"),
    "picks long": ("picks", lambda x: np.r_[x, 169], "13 for 12 rows"),
    "picks in two axes": ("picks", lambda x: x[None], r"shape \(1, 12\)"),
    "picks fractional": ("picks", put(3, 44.5), "44.5, which is not whole"),
    "picks NaN": ("picks", put(3, np.nan), "nan, which is not whole"),
    "picks repeated": ("picks", put(3, 30), "30 after 30 at pick 3"),
    "picks backward": ("picks", put(3, 20), "20 after 30 at pick 3"),
    "picks negative": ("picks", put(0, -1), "-1 to 165 in a video of 170 frames"),
    "picks beyond the end": ("picks", put(11, 170), "0 to 170 in a video of 170 frames"),
    "picks of text": ("picks", lambda x: x.astype("S4"), "dtype .S4"),
    "n_frames zero": ("n_frames", lambda x: 0, "found 0;"),
    "n_frames negative": ("n_frames", lambda x: -170, "found -170;"),
    "n_frames fractional": ("n_frames", lambda x: 170.5, "170.5, which is not whole"),
    "n_frames of two": ("n_frames", lambda x: [170, 170], r"shape \(2,\)"),
    "n_frames of text": ("n_frames", lambda x: "170", "dtype object"),
    "n_steps wrong": ("n_steps", lambda x: x + 1, "13 for 12 rows"),
    "n_steps of two": ("n_steps", lambda x: [x, x], r"shape \(2,\)"),
    "shots of three columns": ("change_points", lambda x: np.c_[x, x[:, 1]], r"shape \(4, 3\)"),
    "shots one axis": ("change_points", lambda x: x[:, 0], r"shape \(4,\)"),
    "no shots": ("change_points", lambda x: x[:0], r"shape \(0, 2\)"),
    "shots fractional": ("change_points", put((1, 1), 86.5), "86.5, which is not whole"),
    "shots from 1": ("change_points", put((0, 0), 1), "shot 0 starts at 1 where the video starts at 0"),
    "shots with a gap": ("change_points", put((2, 0), 41), "shot 2 starts at 41 where shot 1 ends at 39"),
    "shots with an overlap": (
        "change_points",
        put((2, 0), 39),
        "shot 2 starts at 39 where shot 1 ends at 39",
    ),
    "shots end-exclusive": (
        "change_points",
        lambda x: x + np.array([0, 1]),
        "shot 1 starts at 20 where shot 0 ends at 20",
    ),
    "shots backward": ("change_points", put((1, 1), 19), "shot 1 from 20 to 19"),
    "shots too short": ("change_points", longer(-FAR), f"120 to {169 - FAR} in a video of 170 frames"),
    "shots too long": ("change_points", longer(FAR), f"120 to {169 + FAR} in a video of 170 frames"),
    "a shot past the end": (
        "change_points",
        lambda x: np.vstack([x, [[170, 172]]]),
        "from 170 to 172 in a video",
    ),
    "lengths wrong": ("n_frame_per_seg", put(0, 21), "4 lengths summing to 171 for 4 shots of 170 frames"),
    "last length wrong": ("n_frame_per_seg", put(3, 49), "4 lengths summing to 169"),
    "a length missing": ("n_frame_per_seg", lambda x: x[1:], "3 lengths"),
    "summary of key frames": ("user_summary", lambda x: x[:, ::15], r"shape \(3, 12\) in a video of 170"),
    "summary too short": ("user_summary", lambda x: x[:, :-FAR], r"shape \(3, 154\) in a video of 170"),
    "summary too long": ("user_summary", lambda x: np.pad(x, ((0, 0), (0, FAR))), r"shape \(3, 186\)"),
    "summary of nobody": ("user_summary", lambda x: x[:0], r"shape \(0, 170\)"),
    "summary of one axis": ("user_summary", lambda x: x[0], r"shape \(170,\)"),
    "summary of scores": ("user_summary", put((2, 9), 3), "the value 3"),
    "summary of fractions": ("user_summary", put((2, 9), 0.5), "the value 0.5"),
    "summary of single frames": (
        "user_summary",
        lambda x: x * (np.arange(170) % 9 == 0),
        "single key frames",
    ),
    "summary NaN": ("user_summary", put((2, 9), np.nan), "the value nan"),
    "scores at frames": (
        "user_scores",
        lambda x: np.repeat(x, 15, axis=1),
        r"\(3, 180\) for 3 annotators and 12",
    ),
    "scores of fewer": ("user_scores", lambda x: x[:2], r"shape \(2, 12\) for 3 annotators"),
    "scores of one axis": ("user_scores", lambda x: x[0], r"shape \(12,\)"),
    "scores NaN": ("user_scores", put((1, 5), np.nan), "1 of 36 values not finite, first at pick 5"),
    "gtscore at frames": ("gtscore", lambda x: np.repeat(x, 15), "180 for 12 rows"),
    "gtscore NaN": ("gtscore", put(2, np.nan), "1 of 12 values not finite, first at pick 2"),
    "gtscore of text": ("gtscore", lambda x: x.astype("S4"), "dtype .S4"),
    **{
        f"no {key}": (key, lambda x: None, "no such key")
        for key in ("features", "picks", "n_frames", "change_points", "user_summary")
    },
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses_in_one_line_that_names_file_video_and_key(case, video_file, video_arrays):
    key, spoil, found = REFUSED[case]
    path = video_file(changes={"video_2": {key: spoil(video_arrays(2)[key])}})
    with pytest.raises(UserError, match=found) as refusal:
        VideoFile(path)
    message = str(refusal.value)
    blamed = "gtscore" if case == "features one row short" else key
    assert message.startswith(f"{path}: video_2: {blamed}: found ")
    assert f"; expected {SCHEMA[blamed].expected}; " in message
    assert "\n" not in message


def test_every_key_of_the_schema_has_refusals():
    assert {key for key, _, _ in REFUSED.values()} == set(SCHEMA)


# what is let pass: the key, how a good value differs; all are read as the good value is
SAME = {
    "float picks": ("picks", lambda x: x.astype(np.float64)),
    "float32 picks": ("picks", lambda x: x.astype(np.float32)),
    "unsigned picks": ("picks", lambda x: x.astype(np.uint64)),
    "n_frames of shape (1,)": ("n_frames", lambda x: np.array([x])),
    "float n_frames": ("n_frames", float),
    "n_steps of shape (1,)": ("n_steps", lambda x: np.array([x])),
    "no n_steps": ("n_steps", lambda x: None),
    "float shots": ("change_points", lambda x: x.astype(np.float32)),
    "last shot a bit short": ("change_points", longer(-FRAME_TOLERANCE)),
    "last shot a bit long": ("change_points", longer(FRAME_TOLERANCE)),
    "no n_frame_per_seg": ("n_frame_per_seg", lambda x: None),
    "float n_frame_per_seg": ("n_frame_per_seg", lambda x: x.astype(np.float64)),
    "float summary": ("user_summary", lambda x: x.astype(np.float32)),
    "bool summary": ("user_summary", lambda x: x.astype(bool)),
    "summary a bit long": ("user_summary", lambda x: np.pad(x, ((0, 0), (0, FRAME_TOLERANCE)))),
    "float scores": ("user_scores", lambda x: x.astype(np.float64)),
    "float64 features": ("features", lambda x: x.astype(np.float64)),
    "float64 gtscore": ("gtscore", lambda x: x.astype(np.float64)),
    "no gtsummary": ("gtsummary", lambda x: None),
    "no video_name": ("video_name", lambda x: None),
    "bytes video_name": ("video_name", lambda x: x.encode()),
    "a key of one's own": ("notes", lambda x: "anything"),
}


@pytest.mark.parametrize("case", SAME)
def test_accepts_small_differences_of_public_files(case, video_file, video_arrays):
    good = as_arrays(VideoFile(video_file(name="good.h5")), "video_2")
    key, vary = SAME[case]
    file = VideoFile(video_file(changes={"video_2": {key: vary(video_arrays(2).get(key))}}))
    for name, array in as_arrays(file, "video_2").items():
        assert array.dtype == good[name].dtype
        np.testing.assert_array_equal(array, good[name], err_msg=name)


def test_a_short_summary_is_padded_with_zeros(video_file, video_arrays):
    summary = np.ones_like(video_arrays(1)["user_summary"])
    file = VideoFile(video_file(changes={"video_1": {"user_summary": summary[:, :-FRAME_TOLERANCE]}}))
    read = file["video_1"].annotations.user_summary
    assert read.shape == summary.shape
    np.testing.assert_array_equal(read.sum(1), 170 - FRAME_TOLERANCE)
    assert not read[:, -FRAME_TOLERANCE:].any()


def test_shot_lengths_may_agree_with_the_last_shot_before_mending(video_file, video_arrays):
    arrays = video_arrays(1)
    shots = longer(1)(arrays["change_points"])
    changes = {"change_points": shots, "n_frame_per_seg": shots[:, 1] - shots[:, 0] + 1}
    video = VideoFile(video_file(changes={"video_1": changes}))["video_1"]
    np.testing.assert_array_equal(video.timeline.shots, arrays["change_points"])


def test_gtscore_in_other_units_is_scaled(video_file):
    scores = np.linspace(1, 5, 12)
    constant = np.full(12, 3.0)
    file = VideoFile(video_file(changes={"video_1": {"gtscore": scores}, "video_2": {"gtscore": constant}}))
    np.testing.assert_allclose(file.features("video_1").gtscore, np.linspace(0, 1, 12), atol=1e-6)
    np.testing.assert_array_equal(file.features("video_2").gtscore, 0)
