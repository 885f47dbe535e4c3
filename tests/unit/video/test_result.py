"""What is made of a video before any of it is written."""

from pathlib import Path

import numpy as np
import pytest

from vsumlab.core.timeline import Timeline
from vsumlab.summary.keyshots import frame_scores
from vsumlab.video.result import VideoSummary, clock

TIMELINE = Timeline(np.array([0, 5, 10, 15, 20]), 25, np.array([[0, 6], [7, 8], [9, 24]]), fps=10.0)
SCORES = np.array([0.1, 0.9, 0.2, 0.8, 0.3])


def summary(selected: list[bool]) -> VideoSummary:
    return VideoSummary(Path("holiday.mp4"), TIMELINE, SCORES, np.array(selected), "a test")


def test_key_shots_say_where_they_are_in_frames_and_seconds() -> None:
    first, last = summary([True, False, True]).key_shots
    assert (first.first, first.last, first.start, first.end, first.peak) == (0, 6, 0.0, 0.7, 5)
    assert (last.first, last.last, last.start, last.end, last.peak) == (9, 24, 0.9, 2.5, 15)
    frames = frame_scores(SCORES, TIMELINE.picks, 25)
    assert first.score == pytest.approx(frames[:7].mean())
    assert last.score == pytest.approx(frames[9:].mean())


def test_a_shot_between_two_picks_is_shown_by_its_first_frame() -> None:
    (only,) = summary([False, True, False]).key_shots
    assert only.peak == 7


def test_durations_are_those_of_the_frames() -> None:
    found = summary([True, True, False])
    assert found.duration == pytest.approx(2.5)
    assert found.summary_duration == pytest.approx(0.9)
    assert found.times.tolist() == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_nothing_selected_is_no_key_shots() -> None:
    found = summary([False, False, False])
    assert found.key_shots == []
    assert found.summary_duration == 0


def test_times_are_cut_off_as_players_do_and_sums_are_not_short_of_themselves() -> None:
    assert [clock(each) for each in (0, 0.99, 59.999, 60, 3599.9, 3600)] == [
        "0:00", "0:00", "0:59", "1:00", "59:59", "1:00:00",
    ]  # fmt: skip
    assert clock(sum([0.1] * 10)) == "0:01"  # 0.9999999999999999
    assert clock(0.96, tenths=True) == "0:00.9"


def test_a_key_shot_within_a_second_says_its_tenths() -> None:
    first, last = summary([True, False, True]).key_shots
    assert first.when == "0:00.0–0:00.7"
    assert last.when == "0:00–0:02"
