"""The study's tables are those of its files."""

import importlib.util
from pathlib import Path

import pytest

from vsumlab.results.pages import with_tables

STUDY = Path(__file__).parents[2] / "experiments" / "csnet_canonical"


@pytest.fixture(scope="module")
def collect():
    spec = importlib.util.spec_from_file_location("collect", STUDY / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_table_is_stale(collect) -> None:
    for page in collect.PAGES:
        text = page.read_text()
        assert "<!-- csnet_canonical results -->" in text
        assert with_tables(text, STUDY.name, collect.TABLES) == text, (
            f"{page}: make it anew with {STUDY.name}/collect.py"
        )


def test_all_fifty_videos_are_tested_once_in_both_runs(collect) -> None:
    for variance_loss in collect.LABELS:
        for scorer in ("csnet", "random", "human"):
            of = collect.figures(variance_loss, scorer)
            assert len(of.folds) == 5
    lines = (STUDY / "results.csv").read_text().splitlines()[1:]
    assert len(lines) == len(set(lines)) == (2 * 3 + 1) * 50
