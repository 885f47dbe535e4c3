"""The demo study's tables are those of its files, and every method is in every setting."""

import importlib.util
from pathlib import Path

import pytest

from vsumlab.results.pages import with_tables

STUDY = Path(__file__).parents[2] / "experiments" / "settings_demo"
LEARNT = ("csnet", "align,uniform,filter")


@pytest.fixture(scope="module")
def collect():
    spec = importlib.util.spec_from_file_location("collect_settings", STUDY / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_table_is_stale(collect) -> None:
    for page in collect.PAGES:
        text = page.read_text()
        assert "Demo figures are no benchmark" in text
        assert with_tables(text, STUDY.name, collect.TABLES) == text, f"{page}: make it anew with collect.py"


def test_every_method_has_all_ten_videos_in_every_setting(collect) -> None:
    for setting in collect.SETTINGS:
        supervised = () if setting == "youtube8m" else ("csnet_supervised",)  # it has no labels
        for scorer in (*LEARNT, *supervised):
            videos = [row.video for row in collect.rows(setting) if row.scorer == scorer]
            assert len(videos) == len(set(videos)) == 10, (setting, scorer)
