"""What a user names may be no file, no text, or more of it than makes sense."""

import os

import pytest

from vsumlab.core.files import check_file, is_file, text_of
from vsumlab.errors import UserError


def test_a_file_is_one_also_through_a_link(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("é", encoding="utf-8")
    (tmp_path / "link").symlink_to(path)
    for each in (path, tmp_path / "link"):
        assert is_file(each)
        check_file(each, "mend it")
        assert text_of(each, 2, "mend it") == "é"
    with pytest.raises(UserError, match=r"a\.txt: found more than 1 bytes; mend it$"):
        text_of(path, 1, "mend it")


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
    with pytest.raises(UserError, match=rf": cannot be read \({found}.*\); mend it$"):
        text_of(path, 9, "mend it")


def test_a_link_to_itself_is_no_file(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UserError, match="no such file"):
        check_file(tmp_path / "loop", "mend it")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_line(tmp_path):
    path = tmp_path / "a.txt"
    path.touch(mode=0)
    with pytest.raises(UserError, match="cannot be read"):
        text_of(path, 9, "mend it")
