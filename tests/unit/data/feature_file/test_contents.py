"""All that is wrong with a video's group, each thing once."""

import h5py
import numpy as np
import pytest

from vsumlab.data.feature_file.contents import contents


@pytest.fixture
def look(video_file):
    """What is found in a video with changes, and the keys in which something is wrong."""

    def at(evaluated=True, **changes):
        with h5py.File(video_file(1, {"video_1": changes})) as file:
            found, wrong = contents(file["video_1"], "annotations" if evaluated else "features")
        return found, [error.key for error in wrong]

    return at


def test_a_good_video_has_all_keys_and_nothing_wrong(look):
    found, wrong = look()
    assert wrong == []
    assert (found["n_picks"], found["n_users"], found["n_frames"]) == (12, 3, 170)
    assert {"features", "picks", "change_points", "user_summary", "user_scores", "gtscore"} <= {*found}


def test_all_that_is_wrong_is_found_in_the_order_of_looking(look):
    _, wrong = look(gtscore=np.ones(3), n_frames=170.5, user_scores=np.ones((2, 12)), n_steps=99)
    assert wrong == ["gtscore", "n_frames", "n_steps"]
    _, wrong = look(user_summary=np.full((3, 170), 2), n_frame_per_seg=np.ones(4), picks=None)
    assert wrong == ["picks", "user_summary", "n_frame_per_seg"]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        # the picks are as many as the features would be, if these could be read
        ({"features": np.full((12, 8), np.nan), "picks": np.arange(5), "n_steps": 9}, ["features"]),
        ({"n_frames": 0, "picks": np.arange(12) * 1000, "change_points": [[0, 9999]]}, ["n_frames"]),
        ({"user_summary": np.ones((0, 170)), "user_scores": np.ones((7, 12))}, ["user_summary"]),
        ({"change_points": [[1, 169]], "n_frame_per_seg": [4]}, ["change_points"]),
    ],
)
def test_a_key_is_not_checked_against_one_that_is_itself_amiss(look, changes, wrong):
    assert look(**changes)[1] == wrong


def test_what_is_amiss_in_its_form_is_found_even_where_it_cannot_be_checked(look):
    assert look(n_frames=None, picks="0 15 30")[1] == ["n_frames", "picks"]


def test_of_a_training_video_features_and_labels_alone_are_looked_at(look):
    spoiled = dict.fromkeys(("picks", "n_frames", "change_points", "user_summary"))
    found, wrong = look(evaluated=False, n_steps=99, **spoiled)
    assert wrong == []
    assert {*found} == {"features", "n_picks", "gtscore"}
    assert look(evaluated=False, features=np.ones(4), gtscore=np.ones((2, 2)))[1] == ["features", "gtscore"]


@pytest.mark.parametrize("key", ["gtscore", "user_scores", "n_steps", "n_frame_per_seg"])
def test_these_may_be_missing(look, key):
    found, wrong = look(**{key: None})
    assert wrong == []
    assert key not in found
