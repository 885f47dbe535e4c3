"""What stands where in a run folder, and that files get there whole."""

import errno
import json
import math
import os
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsumlab.errors import UserError
from vsumlab.runs.folder import (
    fold_folder,
    fold_folders,
    plot_path,
    read_table,
    replacing,
    status,
    unwritten,
    write_record,
    write_table,
    write_whole,
    writing_all,
)


def test_folds_are_found_in_the_order_of_their_numbers(tmp_path) -> None:
    for fold in (10, 2, 0):
        fold_folder(tmp_path, fold).mkdir()
    (tmp_path / "fold_3").touch()
    (tmp_path / "fold_old").mkdir()
    (tmp_path / "figures").mkdir()
    assert [*fold_folders(tmp_path).items()] == [(fold, tmp_path / f"fold_{fold}") for fold in (0, 2, 10)]


@pytest.mark.parametrize("key", ["video_1", "a b", "a_b", "Ä/ö %41", "../up", 30 * "視"])
def test_every_video_has_a_file_of_its_own_whose_name_says_which(tmp_path, key) -> None:
    file = plot_path(fold_folder(tmp_path, 0), key)
    assert file.parent == tmp_path / "fold_0" / "figures"
    assert unquote(file.stem) == key
    assert len(file.name.encode()) < 255


def test_a_status_is_what_the_record_says(tmp_path) -> None:
    assert status(tmp_path) is None
    for said in ("failed", "done"):
        write_record(tmp_path / "run.json", {"status": said})
        assert status(tmp_path) == said


def test_a_file_that_is_not_finished_does_not_replace_the_last_one(tmp_path) -> None:
    file = tmp_path / "table.txt"
    write_whole(file, "τ: the last one\n")

    def half(unfinished) -> None:
        unfinished.write_text("half")
        assert file.read_text(encoding="utf-8") == "τ: the last one\n", "as long as it is being written"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), replacing(file) as unfinished:
        half(unfinished)
    assert file.read_bytes() == "τ: the last one\n".encode()
    assert [each.name for each in tmp_path.iterdir()] == ["table.txt"]
    write_whole(file, "the next one")
    assert file.read_text() == "the next one"


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text.strip())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.lists(st.tuples(TEXT, st.floats(allow_nan=True, allow_infinity=False)), min_size=1))
def test_a_table_comes_back_to_the_last_bit(tmp_path, rows) -> None:
    written = pd.DataFrame(rows, columns=["video", "f1"])
    write_table(tmp_path / "videos.csv", written)
    read = pd.read_csv(tmp_path / "videos.csv", dtype=str, keep_default_na=False)
    assert (read["f1"] == "").tolist() == written["f1"].isna().tolist()
    found = read_table(tmp_path / "videos.csv")["f1"]
    for ours, theirs in zip(written["f1"], found, strict=True):
        assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


def test_names_that_look_like_nothing_are_names(tmp_path) -> None:
    for name in ("NA", "null", "nan", "None", "a,b", 'a"b'):
        write_table(tmp_path / "videos.csv", pd.DataFrame({"video": [name, "x"], "f1": [1.0, math.nan]}))
        found = read_table(tmp_path / "videos.csv")
        assert found["video"].tolist() == [name, "x"]
        assert found["f1"].isna().tolist() == [False, True]


def test_a_record_has_null_where_there_is_no_number(tmp_path) -> None:
    record = {"results": {"csnet": {0: {"f1": math.nan, "τ": 0.5}}}, "list": [1, -math.inf], "none": None}
    write_record(tmp_path / "run.json", record)
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail) == {
        "results": {"csnet": {"0": {"f1": None, "τ": 0.5}}},
        "list": [1, None],
        "none": None,
    }


def test_a_record_that_json_cannot_hold_leaves_the_last_one(tmp_path) -> None:
    write_record(tmp_path / "run.json", {"status": "done"})
    with pytest.raises(TypeError, match="not JSON serializable"):
        write_record(tmp_path / "run.json", {"status": "done", "f1": object()})
    assert status(tmp_path) == "done"


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", '"done"', "null"])
def test_a_record_that_no_run_wrote_has_a_status_of_its_own(tmp_path, content) -> None:
    (tmp_path / "run.json").write_text(content)
    assert status(tmp_path) == "unreadable"


def test_a_text_that_a_spreadsheet_would_calculate_is_written_as_a_text_and_read_as_it_was(tmp_path) -> None:
    names = ["=cmd()", "-1+1", "@x", "+x", "'=x", "video_1", 'a,"b"\nc']
    rows = pd.DataFrame({"video": names, "f1": [number / 7 - 0.5 for number in range(len(names))]})
    write_table(tmp_path / "rows.csv", rows)
    cells = pd.read_csv(tmp_path / "rows.csv")
    assert not cells["video"].str.startswith(("=", "+", "-", "@")).any()
    assert cells["f1"].tolist() == rows["f1"].tolist(), "numbers stay numbers, those below 0, too"
    pd.testing.assert_frame_equal(read_table(tmp_path / "rows.csv"), rows)


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.EROFS, "make it writable"),
        (errno.EACCES, "make it writable"),
    ],
)
def test_where_nothing_can_be_written_it_says_where_and_what_to_do(number, mend) -> None:
    for named, place in (("elsewhere/cache", "elsewhere/cache"), (None, "runs/x/fold_0")):
        with pytest.raises(UserError) as refused, writing_all(Path("runs/x/fold_0")):
            raise OSError(number, os.strerror(number), named)
        assert str(refused.value) == (
            f"{place}: cannot be written ({os.strerror(number)}): what is finished is kept: {mend}, and "
            "the same command goes on"
        )


def test_what_has_nothing_to_do_with_writing_stays_what_it_is() -> None:
    with pytest.raises(ConnectionError), writing_all(Path("runs/x/fold_0")):
        raise ConnectionError("W&B is not there")


def test_what_a_killed_process_was_writing_is_found_and_nothing_else(tmp_path) -> None:
    for name in (".run.json.123", ".hidden", "run.json", ".videos.csv.7"):
        (tmp_path / name).touch()
    (tmp_path / ".folder.1").mkdir()
    assert sorted(file.name for file in unwritten(tmp_path)) == [".run.json.123", ".videos.csv.7"]


def test_what_is_replaced_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch) -> None:
    order = []
    for owner, name in ((os, "fsync"), (Path, "replace")):
        original = getattr(owner, name)

        def noted(*arguments, name=name, original=original):
            order.append(name)
            return original(*arguments)

        monkeypatch.setattr(owner, name, noted)
    write_whole(tmp_path / "a.txt", "text")
    assert order == ["fsync", "replace", "fsync"], "the file, its name, the folder that has the name"
