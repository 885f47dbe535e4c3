"""Where a dataset's files are, and what is said where they are not."""

import inspect
import logging
import shutil
from pathlib import Path

import numpy as np
import pytest
from support.tvsum import NAMES, made_scores, without_scores, write_mat, write_tsv

from vsumlab.config import build
from vsumlab.data.dataset import Dataset, find_file
from vsumlab.errors import UserError

PICKS = np.arange(12) * 15
ALL = ("video_1", "video_2", "video_3")


def dataset(path: Path, **options) -> Dataset:
    return Dataset("tvsum", str(path.parent), path.name, "mean", "user_scores", **options)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"file": None}, "data.file: names no file"),
        ({"headline": "median"}, "data.headline=median: expected mean or max"),
        (
            {"rank_reference": "scores"},
            "data.rank_reference=scores: expected one of user_scores, user_summary",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(given, said) -> None:
    good = {"file": "a.h5", "headline": "mean", "rank_reference": "user_scores"}
    with pytest.raises(UserError, match=f"^{said}"):
        Dataset("tvsum", "folder", **good | given)


def test_a_name_a_folder_and_a_file_are_enough(tmp_path, video_file) -> None:
    path = video_file()
    mine = Dataset("mine", str(path.parent), path.name)
    assert mine.open().keys == ALL
    assert (mine.headline, mine.rank_reference) == ("mean", "user_scores")
    with pytest.raises(UserError, match=r"none\.h5 \(there are videos\.h5\); Put it there, or [^\n]*$"):
        Dataset("mine", str(path.parent), "none.h5").open()


def test_without_scores_and_annotations_a_dataset_says_what_else_to_rank_against(video_file, caplog) -> None:
    path = video_file(changes=without_scores(*ALL))
    with caplog.at_level(logging.WARNING):
        Dataset("mine", str(path.parent), path.name).open()
    (record,) = caplog.records
    assert record.getMessage().endswith("or write rank_reference: user_summary in the dataset's YAML")


@pytest.mark.parametrize("selection", ["validation", "test_oracle"])
def test_a_selection_takes_a_datasets_defaults_where_its_yaml_leaves_them_out(selection, composed) -> None:
    left_out = ("~data.headline", "~data.rank_reference")
    config = composed("data=tvsum", f"selection={selection}", *left_out)
    defaults = inspect.signature(Dataset).parameters
    assert config.selection.rank_reference == defaults["rank_reference"].default
    assert config.selection.get("headline", "mean") == defaults["headline"].default
    other = composed("data=summe", f"selection={selection}").selection
    assert (other.rank_reference, other.get("headline", "max")) == ("user_summary", "max")


def test_a_missing_file_is_named_with_where_to_get_it(tmp_path) -> None:
    with pytest.raises(UserError, match=r"^tvsum: no feature file .*mine\.h5; Ask around\. Put it there"):
        dataset(tmp_path / "mine.h5", source="Ask around.").open()


def test_files_that_may_be_meant_are_named(tmp_path) -> None:
    for name in ("tvsum.h5", "summe.h5"):
        (tmp_path / name).touch()
    with pytest.raises(UserError, match=r"mine\.h5 \(there are summe\.h5, tvsum\.h5\); "):
        dataset(tmp_path / "mine.h5").open()


def test_a_file_that_can_be_made_is_made_once(tmp_path, video_file) -> None:
    made = []

    def make(path: Path) -> None:
        made.append(path)
        shutil.copy(video_file(), path)

    mine = dataset(tmp_path / "mine.h5", make=make)
    assert mine.open().keys == mine.open().keys == ALL
    assert made == [tmp_path / "mine.h5"]


def test_a_name_is_looked_for_in_the_folder_before_it_is_a_path(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    folder.mkdir()
    assert find_file(folder, Path("a.h5")) == folder / "a.h5"  # neither is there
    (tmp_path / "a.h5").touch()
    assert find_file(folder, Path("a.h5")) == Path("a.h5")
    (folder / "a.h5").touch()
    assert find_file(folder, Path("a.h5")) == folder / "a.h5"
    assert find_file(folder, tmp_path / "a.h5") == tmp_path / "a.h5"


def test_a_dataset_takes_the_first_annotation_file_that_is_there(tmp_path, video_file) -> None:
    path = video_file(changes=without_scores(*ALL))
    other = [6 - scores for scores in made_scores()]
    write_tsv(tmp_path / NAMES[1], other)
    videos = dataset(path, annotations=NAMES).open()
    np.testing.assert_array_equal(videos["video_1"].annotations.user_scores, other[0][:, PICKS])
    write_mat(tmp_path / NAMES[0], made_scores())
    videos = dataset(path, annotations=NAMES).open()
    np.testing.assert_array_equal(videos["video_1"].annotations.user_scores, made_scores()[0][:, PICKS])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = shutil.move(tmp_path / NAMES[1], elsewhere / "mine.tsv")
    videos = dataset(path, annotations=str(moved)).open()
    np.testing.assert_array_equal(videos["video_1"].annotations.user_scores, other[0][:, PICKS])


def test_without_annotations_a_dataset_opens_and_says_how_to_get_them(tmp_path, video_file, caplog) -> None:
    path = video_file(changes=without_scores("video_2"))
    with caplog.at_level(logging.WARNING):
        assert not dataset(path, annotations=NAMES).open().has_user_scores
    (record,) = caplog.records
    message = record.getMessage()
    assert message.startswith(f"{path}: no user_scores, so no rank correlations: ")
    for part in (*NAMES, "https://github.com/yalesong/tvsum", str(tmp_path), "data.annotations=FILE"):
        assert part in message
    assert "\n" not in message


def test_where_summaries_are_ranked_against_no_scores_are_missed(video_file, caplog) -> None:
    path = video_file(changes=without_scores(*ALL))
    with caplog.at_level(logging.WARNING):
        Dataset("summe", str(path.parent), path.name, "max", "user_summary").open()
    assert not caplog.records


def test_one_annotation_file_that_is_named_must_be_there(video_file) -> None:
    with pytest.raises(UserError, match=r"mine\.mat: no such file"):
        dataset(video_file(changes=without_scores(*ALL)), annotations="mine.mat").open()


def test_the_configured_dataset_looks_for_both_files(composed, tmp_path, video_file) -> None:
    path = video_file(changes=without_scores(*ALL))
    write_tsv(tmp_path / NAMES[1], made_scores())
    overrides = ("data=tvsum", f"paths.data={tmp_path}", f"data.file={path.name}")
    assert build(composed(*overrides).data).open().has_user_scores
    assert not build(composed(*overrides, "data.annotations=null").data).open().has_user_scores
    chosen = build(composed(*overrides, f"data.annotations={NAMES[1]}").data)
    assert chosen.open().has_user_scores
