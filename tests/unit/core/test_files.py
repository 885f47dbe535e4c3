"""What a user names may be no file."""

import os

import pytest

from vsumlab.core.files import check_file, is_file
from vsumlab.errors import UserError


def test_a_file_is_one_also_through_a_link(tmp_path):
    path = tmp_path / "a.txt"
    path.touch()
    (tmp_path / "link").symlink_to(path)
    for each in (path, tmp_path / "link"):
        assert is_file(each)
        check_file(each, "mend it")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nothing", "no such file"),
        (".", "no such file"),
        ("pipe", "no regular file"),
        ("x" * 300, "no such file"),
        ("x/" * 3000, "no such file"),
        ("nul\0", "no such file"),
    ],
)
def test_what_is_no_file_is_one_line(name, found, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / name
    assert not is_file(path)
    with pytest.raises(UserError, match=f": {found}.*; mend it$"):
        check_file(path, "mend it")


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UserError, match="no such file"):
        check_file(tmp_path / "loop", "mend it")
