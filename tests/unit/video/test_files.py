"""Which videos a command names, and what each is called."""

import os
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


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("..mp4", "%2E"),
        ("...mp4", "%2E%2E"),
        ("a\n\x1b[31m.mp4", "a%0A%1B[31m"),
        ("<script>.mp4", "%3Cscript%3E"),
        ("CON.mp4", "%43ON"),
        (os.fsdecode(b"caf\xe9.mp4"), "caf%ED%B3%A9"),
        ("=cmd().mp4", "=cmd()"),
    ],
)
def test_odd_names_are_made_names_of_folders_and_groups(file, name, tmp_path: Path) -> None:
    """`...mp4` without its suffix would be the folder above that of the summaries."""
    assert find_videos([files(tmp_path, file) / file]) == {name: tmp_path / file}


def test_a_name_that_is_too_long_is_no_folder(tmp_path: Path) -> None:
    ((name, path),) = find_videos([tmp_path / ("x" * 5000 + ".mp4")]).items()
    assert len(name) == 200
    assert path.name == "x" * 5000 + ".mp4"
