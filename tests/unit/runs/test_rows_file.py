"""The rows of a run: names stay text, and no figure is out of its range."""

import numpy as np
import pandas as pd
import pytest
from support.run_folders import VIDEOS, made_rows

from vsumlab.evaluation.rows import COLUMNS
from vsumlab.runs.folder import write_table
from vsumlab.runs.rows_file import check_rows, read_rows


def table() -> pd.DataFrame:
    return pd.DataFrame(made_rows({"ours": 0.4}, (0, 1), 0, "tvsum"), columns=COLUMNS)


def test_rows_are_as_they_were_and_an_extra_column_is_left_out() -> None:
    pd.testing.assert_frame_equal(check_rows(table().assign(more=1)), table(), check_dtype=False)
    assert check_rows(table().drop(columns="distinct_scores"))["distinct_scores"].isna().all()
    assert check_rows(table().assign(kendall_tau=np.nan))["kendall_tau"].isna().all()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("fold", -1),
        ("fold", "a"),
        ("fold", 0.5),
        ("seed", np.nan),
        ("seed", np.inf),
        ("video", np.nan),
        ("scorer", np.nan),
        ("f1_mean", 1.2),
        ("f1_max", "high"),
        ("kendall_tau", -1.1),
        ("spearman_rho", np.inf),
        ("score_variance", -0.1),
    ],
)
def test_a_figure_out_of_its_range_is_named(column, value) -> None:
    rows = table().astype(object)
    rows.loc[3, column] = value
    with pytest.raises(ValueError, match=rf"videos\.csv: {column}: "):
        check_rows(rows)


def test_a_column_that_is_missing_or_a_video_that_is_there_twice_is_named() -> None:
    with pytest.raises(ValueError, match="no column f1_max"):
        check_rows(table().drop(columns="f1_max"))
    with pytest.raises(ValueError, match=f"{VIDEOS[0][0]}: is there twice"):
        check_rows(pd.concat([table(), table()[:1]]))


def test_names_stay_text_and_numbers_keep_their_last_bit(tmp_path) -> None:
    rows = table()
    rows["video"] = [f"{number:03}" for number in range(len(rows))]
    rows["scorer"] = "=mine"
    write_table(tmp_path / "videos.csv", rows)
    assert "'=mine" in (tmp_path / "videos.csv").read_text()
    pd.testing.assert_frame_equal(check_rows(read_rows(tmp_path / "videos.csv")), rows, check_dtype=False)
