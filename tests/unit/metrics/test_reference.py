"""Each way to sample what annotators thought, against loops over annotators and picks."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.made import annotated, made_video

from vsumlab.core.annotations import RankReference
from vsumlab.errors import UserError
from vsumlab.metrics.reference import annotator_scores, constant_annotators


def by_hand(video, reference):
    """(U, T), or fewer than T columns."""
    people, timeline = video.annotations, video.timeline
    if reference == "user_scores":
        return people.user_scores.tolist()
    summaries = people.user_summary.astype(float).tolist()
    if reference == "user_summary":
        return [[summary[pick] for pick in timeline.picks] for summary in summaries]
    n_picks, n_frames = timeline.n_picks, timeline.n_frames
    if reference == "user_summary_every_15":
        return [[summary[15 * i] for i in range(n_picks) if 15 * i < n_frames] for summary in summaries]
    return [
        [sum(summary[15 * i : 15 * i + 15]) / 15 for i in range(n_picks) if 15 * i + 15 <= n_frames]
        for summary in summaries
    ]


@pytest.mark.parametrize("reference", get_args(RankReference))
@given(seed=st.integers(0, 10_000), n_picks=st.integers(1, 30))
def test_as_by_hand(reference, seed, n_picks):
    video = made_video(seed, n_picks, n_annotators=3)
    found, expected = annotator_scores(video, reference), by_hand(video, reference)
    assert found.dtype == np.float64
    assert found.shape == (3, len(expected[0]))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("reference", get_args(RankReference))
def test_of_a_video_that_nobody_annotated_is_refused(reference):
    with pytest.raises(UserError, match=r"^video_1: nobody has annotated it"):
        annotator_scores(replace(made_video(1), annotations=None), reference)


def test_constant_annotators_are_counted():
    video = made_video(1)
    scores = video.annotations.user_scores.copy()
    scores[1], scores[3] = 1.0, 5.0
    assert constant_annotators(annotated(video, user_scores=scores), "user_scores") == 2
    assert constant_annotators(annotated(video, user_scores=scores[[0, 2]]), "user_scores") == 0
    summaries = np.zeros((3, video.timeline.n_frames), dtype=bool)
    summaries[1:, video.timeline.picks[4]] = True
    assert constant_annotators(annotated(video, user_summary=summaries), "user_summary") == 1
    assert constant_annotators(annotated(video, user_scores=np.empty((0, 20))), "user_scores") == 0
