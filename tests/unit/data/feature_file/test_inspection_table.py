"""What a reader sees of an inspection."""

from pathlib import Path

import pytest

from vsumlab.data.feature_file.inspection import Fault, Inspected, Inspection
from vsumlab.data.feature_file.inspection_table import cells, inspection_table, lines, totals

WHOLE = Inspected("video_1", 12, 8, "float32", 170, 4, 3, has_user_scores=True, has_gtscore=True)
BARE = Inspected("video_2", 20, 9, "uint8", faults=(Fault("user_summary", "user_summary: found none"),))
BROKEN = Inspected("video_3", n_frames=99, faults=(Fault("features", "features: found NaN"), Fault("", "x")))


def made(*videos, strays=()):
    return Inspection(Path("data") / "mine.h5", False, videos, strays)


def test_a_videos_cells_are_empty_where_nothing_is_known():
    assert cells(WHOLE) == ["video_1", "12", "8", "170", "4", "3", "25", "✓", "✓"]
    assert cells(BARE) == ["video_2", "20", "9", "", "", "", "", "", ""]
    assert cells(BROKEN) == ["video_3", "", "", "99", "", "", "14", "", ""]


def test_totals_are_sums_and_extremes():
    assert totals([WHOLE, BARE, BROKEN]) == ["3 videos", "32", "8–9", "269", "4", "3", "39", "1", "1"]
    assert totals([WHOLE, WHOLE]) == ["2 videos", "24", "8", "340", "8", "3", "50", "2", "2"]
    assert totals([BARE]) == ["1 videos", "20", "9", "", "", "", "", "0", "0"]


def column(table, number):
    return [*table.columns[number].cells]


def test_faults_are_counted_where_they_are_listed():
    table = inspection_table(made(WHOLE, BARE, BROKEN))
    assert table.title == "mine.h5 · features of float32 and uint8"
    assert column(table, 0) == ["video_1", "video_2", "video_3", "3 videos"]
    assert column(table, -1) == ["", "1", "2", "3"]
    assert column(inspection_table(made(BARE, BARE)), -1) == ["", "", "0"]


def test_lines_name_file_video_and_fault_and_end_in_what_the_file_is_good_for():
    path = Path("data") / "mine.h5"
    assert [*lines(made(WHOLE))] == [f"{path}: can be trained on and evaluated"]
    stray, *said = lines(made(WHOLE, BARE, BROKEN, strays=["notes"]))
    assert stray.startswith(f"{path}: notes: found an array outside any video")
    assert said == [
        f"{path}: video_2: user_summary: found none",
        f"{path}: video_3: features: found NaN",
        f"{path}: video_3: x",
        f"{path}: cannot be used until this is mended",
    ]


def test_what_a_training_file_lacks_for_evaluation_is_said_once():
    (said,) = lines(made(BARE, BARE))
    assert said == "data/mine.h5: can be trained on, not evaluated: video_2: user_summary: found none"


@pytest.mark.parametrize("quantized", [True, False])
def test_quantized_features_are_said_to_be(quantized):
    inspection = Inspection(Path("a.h5"), quantized, [BARE])
    assert inspection_table(inspection).title.endswith(" · quantized") == quantized
