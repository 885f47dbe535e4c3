"""What a terminal is shown, and how long stages took."""

import time

import pytest

from vsumlab.video.stages import Stages


def test_each_stage_is_timed_and_without_a_terminal_nothing_is_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    stages = Stages("a [red]video[/red].mp4")
    with stages.stage("first", 10.0) as report:
        report(3.0)
        time.sleep(0.02)
    with stages.stage("second"):
        pass
    assert list(stages.seconds) == ["first", "second"]
    assert stages.seconds["first"] >= 0.02
    assert capfd.readouterr() == ("", "")
