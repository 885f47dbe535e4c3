"""The study's tables are those of its files, and its files are complete."""

import importlib.util
from pathlib import Path

import pytest

from vsumlab.results.pages import with_tables

STUDY = Path(__file__).parents[2] / "experiments" / "contrastive_tvsum"


@pytest.fixture(scope="module")
def collect():
    spec = importlib.util.spec_from_file_location("collect_contrastive", STUDY / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_table_is_stale(collect) -> None:
    for page in collect.PAGES:
        text = page.read_text()
        assert "<!-- contrastive_tvsum results -->" in text
        assert with_tables(text, STUDY.name, collect.TABLES) == text, f"{page}: make it anew with collect.py"


def test_every_row_has_all_fifty_videos_of_every_seed(collect) -> None:
    lines = collect.results()
    for variant in collect.VARIANTS:
        for training, scorer in collect.ROWS:
            rows = [
                line.row
                for line in lines
                if (line.variant, line.training, line.row.scorer) == (variant, training, scorer)
            ]
            seeds = {0} if training == "none" else {0, 1, 2}
            assert {row.seed for row in rows} == seeds
            assert len({(row.seed, row.video) for row in rows}) == len(rows) == 50 * len(seeds)
            assert {row.fold for row in rows} == set(range(5))
