"""How long a summary may be."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsumlab.errors import UserError
from vsumlab.summary.keyshots import budget
from vsumlab.video.budget import Budget


@given(n_frames=st.integers(1, 10**7), fps=st.floats(1, 240))
def test_unless_it_is_said_it_is_that_of_evaluation(n_frames: int, fps: float) -> None:
    assert Budget().frames(n_frames, fps) == budget(n_frames)


@given(percent=st.integers(1, 100), n_frames=st.integers(1, 10**6))
def test_a_share_is_rounded_down(percent: int, n_frames: int) -> None:
    assert Budget.parse(f"{percent}%").frames(n_frames, 30.0) == percent * n_frames // 100


def test_seconds_are_frames_of_the_video_but_never_more_than_it_has() -> None:
    assert Budget.parse("60s").frames(10_000, 25.0) == 1500
    assert Budget.parse("0.5 s").frames(10_000, 30.0) == 15
    assert Budget.parse("60s").frames(100, 25.0) == 100
    assert Budget.parse("12.5%") == Budget(Fraction(25, 2), "%")
    assert str(Budget.parse("60s")) == "60 s"


@pytest.mark.parametrize("text", ["", "15", "0%", "0s", "101%", "-3s", "1m", "ten%", "1e3s", "nan%", "15%%"])
def test_what_is_no_length_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UserError, match=r"--budget .*: expected a share of the video up to 100%, or seconds"):
        Budget.parse(text)
