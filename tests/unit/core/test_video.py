"""A video with annotations and one without."""

from dataclasses import replace

import pytest
import torch
from support.made import made_video

from vsumlab.core.video import Video, VideoFeatures
from vsumlab.errors import UserError
from vsumlab.summary.keyshots import key_shot_summary


def test_a_video_that_nobody_annotated_can_be_summarised_but_not_evaluated() -> None:
    video = replace(made_video(3, n_picks=30), annotations=None)
    summary = key_shot_summary(torch.rand(video.n_picks).numpy(), video.timeline)
    assert len(summary) == video.timeline.n_frames
    with pytest.raises(UserError, match=r"^video_3: nobody has annotated it[^\n]*$"):
        _ = video.annotated


def test_annotations_come_as_they_are() -> None:
    video = made_video(3)
    assert video.annotated is video.annotations
    assert video.n_picks == len(video.timeline.picks) == len(video.features)


def test_annotations_and_labels_may_be_left_out() -> None:
    video = made_video(3)
    assert Video("a", video.features, video.timeline).annotations is None
    assert VideoFeatures("a", video.features).gtscore is None


def test_its_timing_is_its_timelines() -> None:
    video = made_video(3)
    assert video.timing.rate == video.timeline.rate
    assert video.timing.shots.tolist() == video.timeline.shot_of_pick.tolist()


def test_it_says_in_a_line_what_it_is() -> None:
    video = made_video(3, n_picks=30)
    timeline = video.timeline
    sizes = f"30 picks, {timeline.n_frames} frames at 30 a second, {len(timeline.shots)} shots"
    said = f"Video('video_3', {sizes}, features of 1 dimensions"
    assert repr(video) == f"{said}, 4 annotators with scores)"
    assert repr(replace(video, annotations=None)) == f"{said}, no annotators)"
