"""People's importance scores, from a table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vsumlab.core.timeline import Timeline
from vsumlab.errors import UserError
from vsumlab.summary.keyshots import key_shot_summary
from vsumlab.video.people import ScoreTable

TIMELINE = Timeline(np.arange(0, 200, 5), 200, np.array([[20 * i, 20 * i + 19] for i in range(10)]), fps=10.0)


def table(folder: Path, *rows: tuple[object, ...]) -> ScoreTable:
    path = folder / "people.csv"
    pd.DataFrame(rows, columns=["video", "time", "annotator", "score"]).to_csv(path, index=False)
    return ScoreTable(path)


def test_a_score_holds_until_the_same_persons_next_one(tmp_path: Path) -> None:
    rows = [
        ("a", 4.0, "me", 5),
        ("a", 0, "me", 1),
        ("a", 10.25, "me", 2),
        ("a", 3, "you", 4),
        ("b", 0, "me", 3),
    ]
    found = table(tmp_path, *rows).people("a", TIMELINE)
    times = TIMELINE.picks / 10
    mine = np.array([max((t, s) for t, s in [(0, 1), (4, 5), (10.25, 2)] if t <= time)[1] for time in times])
    assert np.array_equal(found.user_scores, [mine, np.full(40, 4.0)])  # yours holds before its time, too
    mean = (mine + 4) / 2
    np.testing.assert_allclose(found.gtscore, (mean - mean.min()) / (mean.max() - mean.min()), rtol=1e-6)
    assert np.array_equal(found.user_summary[0], key_shot_summary((mine - 1) / 4, TIMELINE))
    assert found.user_summary.sum(axis=1).tolist() == [20, 20]


def test_a_video_is_found_by_its_key_or_its_name_with_or_without_suffix(tmp_path: Path) -> None:
    made = table(tmp_path, *((name, 0, "me", 1) for name in ("a.mp4", "b", "x_d.mp4", "e")))
    videos = {"a": "a.mp4", "b": "b.webm", "c": "c.mp4", "x_d.mp4": "d.mp4", "y_d.mp4": "d.mp4"}
    assert made.names_of(videos) == {"a": "a.mp4", "b": "b", "x_d.mp4": "x_d.mp4"}
    assert made.unused(videos) == ["e"]


def test_a_name_that_may_be_two_videos_is_refused(tmp_path: Path) -> None:
    made = table(tmp_path, ("d.mp4", 0, "me", 1))
    with pytest.raises(UserError, match=r"d\.mp4: may be x_d\.mp4 or y_d\.mp4: write these names"):
        made.names_of({"x_d.mp4": "d.mp4", "y_d.mp4": "d.mp4"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("video,time,score\na,1,2\n", "no column annotator: expected video,time,annotator,score"),
        ("video,time,annotator,score\na,1,me,2\na,soon,me,2\n", "line 3: time is 'soon': write a number"),
        ("video,time,annotator,score\na,1,me,\n", "line 2: score is '': write a number"),
        ("video,time,annotator,score\na,-1,me,2\n", "line 2: time is '-1': write a number"),
        ("video,time,annotator,score\na,1,me,inf\n", "line 2: score is 'inf'"),
        ("", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_in_one_line(
    tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(content)
    with pytest.raises(UserError, match=message) as error:
        ScoreTable(path)
    assert "\n" not in str(error.value)
    with pytest.raises(UserError, match="cannot be read"):
        ScoreTable(tmp_path / "missing.csv")
