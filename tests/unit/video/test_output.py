"""The files that a summary is: whole, or not there."""

import stat
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from support.full_disk import full_disk
from support.summaries import first_number, seen
from support.videos import encode_numbered

from vsumlab.errors import UserError
from vsumlab.video import output
from vsumlab.video.budget import Budget
from vsumlab.video.choice import choose, find_shots
from vsumlab.video.output import check_place, replacing, scores_table, write_summary
from vsumlab.video.result import VideoSummary
from vsumlab.video.source import SourceVideo

SCORES = np.repeat([0.1, 0.9, 0.3, 0.8, 0.2], 8)
FILES = ["scores.csv", "storyboard.png", "summary.html", "summary.mp4"]


@pytest.fixture
def made(tmp_path: Path) -> tuple[SourceVideo, VideoSummary]:
    source = SourceVideo(encode_numbered(tmp_path / "a.mp4", 200))
    video = seen(SCORES)
    return source, choose(source, video, find_shots(video), first_number(), Budget.parse("8s"))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_it_is_four_files(tmp_path: Path, made: tuple[SourceVideo, VideoSummary]) -> None:
    folder, done = tmp_path / "out" / "a", []
    write_summary(folder, *made, done.append)
    assert names(folder) == FILES
    assert names(tmp_path / "out") == ["a"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o777 & ~output.umask()
    assert SourceVideo(folder / "summary.mp4").stated_duration == pytest.approx(8.0, abs=0.05)
    assert Image.open(folder / "storyboard.png").width > 100
    page = (folder / "summary.html").read_text(encoding="utf-8")
    assert "../../a.mp4" in page
    assert done[-1] == pytest.approx(8.0, abs=0.11)
    found = pd.read_csv(folder / "scores.csv")
    assert found.columns.tolist() == ["time", "importance", "shot", "selected"]
    assert found["time"].tolist() == [i / 2 for i in range(40)]
    np.testing.assert_allclose(found["importance"], SCORES, atol=1e-6)
    assert found["shot"].tolist() == [i // 8 for i in range(40)]
    assert found["selected"].tolist() == [int(i // 8 in (1, 3)) for i in range(40)]


def test_one_that_is_there_is_replaced_whole(tmp_path: Path, made: tuple[SourceVideo, VideoSummary]) -> None:
    folder = tmp_path / "a"
    write_summary(folder, *made, lambda done: None)
    (folder / "summary.html").write_text("old")
    write_summary(folder, *made, lambda done: None)
    assert names(folder) == FILES
    assert (folder / "summary.html").read_text() != "old"


def test_when_writing_fails_nothing_is_left_and_nothing_lost(
    tmp_path: Path, made: tuple[SourceVideo, VideoSummary], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "out" / "a"
    write_summary(folder, *made, lambda done: None)
    before = {name: (folder / name).read_bytes() for name in FILES}
    monkeypatch.setattr(output, "summary_page", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_summary(folder, *made, lambda done: None)
    assert names(tmp_path / "out") == ["a"]
    assert {name: (folder / name).read_bytes() for name in FILES} == before


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "precious.txt").write_text("mine")
    with pytest.raises(UserError, match=r"precious.txt is there: name another folder"):
        check_place(folder, tmp_path / "a.mp4")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="a file is there"):
        check_place(tmp_path / "file", tmp_path / "a.mp4")
    with pytest.raises(UserError, match="the video itself is in it"):
        check_place(tmp_path / "b", tmp_path / "b" / "summary.mp4")
    with pytest.raises(UserError, match="cannot be written"), replacing(tmp_path / "file" / "a"):
        pass
    assert names(folder) == ["precious.txt"]


def test_a_table_has_as_many_rows_as_picks(made: tuple[SourceVideo, VideoSummary]) -> None:
    assert len(scores_table(made[1])) == len(made[1].timeline.picks)


def test_an_interrupt_at_the_last_moment_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "summary.html").write_text("old")
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        if target == folder and not path.name.endswith("-old"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), replacing(folder) as unfinished:
        (unfinished / "summary.html").write_text("new")
    assert (folder / "summary.html").read_text() == "old"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("room", [0, 700, 5_000])
def test_a_full_disk_is_one_line_and_the_summary_before_stays(
    room: int, tmp_path: Path, made: tuple[SourceVideo, VideoSummary]
) -> None:
    folder = tmp_path / "out" / "a"
    write_summary(folder, *made, lambda done: None)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with full_disk(room), pytest.raises(UserError, match=r"File too large.*--output") as refusal:
        write_summary(folder, *made, lambda done: None)
    assert "\n" not in str(refusal.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names(tmp_path / "out") == ["a"]
