"""Which videos a command names, and what each is called."""

from pathlib import Path

import pytest

from vsumlab.errors import UserError
from vsumlab.video.files import find_videos


def files(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_folders_are_searched_at_any_depth_for_videos_alone(tmp_path: Path) -> None:
    files(
        tmp_path, "b2.mp4", "b10.MOV", "notes.txt", "deep/er/a.webm", ".hidden/c.mp4", ".d.mp4", "cover.png"
    )
    found = find_videos([tmp_path])
    assert list(found) == ["b2", "b10", "a"]
    assert found["a"] == tmp_path / "deep" / "er" / "a.webm"


def test_a_file_that_is_named_may_have_any_suffix_and_need_not_be_there(tmp_path: Path) -> None:
    assert find_videos([tmp_path / "film.bin", tmp_path / "film.bin"]) == {"film": tmp_path / "film.bin"}


def test_names_that_two_would_share_are_longer(tmp_path: Path) -> None:
    files(tmp_path, "x/a.mp4", "x/a.webm", "y/a.mp4", "y/b.mp4")
    found = find_videos([tmp_path / "x", tmp_path / "y"])
    assert set(found) == {"x_a.mp4", "y_a.mp4", "a.webm", "b"}


def test_two_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    files(tmp_path, "1/x/a.mp4", "2/x/a.mp4")
    with pytest.raises(UserError, match=r"would be called x_a\.mp4, as .*: rename one of them"):
        find_videos([tmp_path])


def test_a_folder_without_videos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no videos in this folder"):
        find_videos([files(tmp_path, "a.txt")])
