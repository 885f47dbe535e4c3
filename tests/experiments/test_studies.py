"""Every study's tables are those of its files, and its files are complete."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from vsumlab.results.pages import with_tables

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
STUDIES = sorted(path.parent.name for path in EXPERIMENTS.glob("*/collect.py"))


def collect(study: str) -> ModuleType:
    """A study's script."""
    spec = importlib.util.spec_from_file_location(f"collect_{study}", EXPERIMENTS / study / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_folder_of_experiments_is_a_study() -> None:
    assert {path.name for path in EXPERIMENTS.iterdir() if path.is_dir()} - {"__pycache__"} == set(STUDIES)


@pytest.mark.parametrize("study", STUDIES)
def test_no_table_is_stale(study) -> None:
    script = collect(study)
    for page in script.PAGES:
        text = page.read_text()
        assert f"<!-- {study} results -->" in text
        assert with_tables(text, study, script.TABLES) == text, (
            f"{page}: make it anew with {study}/collect.py"
        )


def test_csnet_canonical_has_all_fifty_videos_once_in_both_runs() -> None:
    script = collect("csnet_canonical")
    for variance_loss in script.LABELS:
        for scorer in ("csnet", "random", "human"):
            assert len(script.figures(variance_loss, scorer).folds) == 5
    lines = (EXPERIMENTS / "csnet_canonical" / "results.csv").read_text().splitlines()[1:]
    assert len(lines) == len(set(lines)) == (2 * 3 + 1) * 50


def test_contrastive_tvsum_has_all_fifty_videos_of_every_row_and_seed() -> None:
    script = collect("contrastive_tvsum")
    lines = script.results()
    for variant in script.VARIANTS:
        for training, scorer in script.ROWS:
            rows = [
                line.row
                for line in lines
                if (line.variant, line.training, line.row.scorer) == (variant, training, scorer)
            ]
            seeds = {0} if training == "none" else {0, 1, 2}
            assert {row.seed for row in rows} == seeds
            assert len({(row.seed, row.video) for row in rows}) == len(rows) == 50 * len(seeds)
            assert {row.fold for row in rows} == set(range(5))


def test_settings_demo_has_every_method_in_every_setting_and_says_that_it_is_no_benchmark() -> None:
    script = collect("settings_demo")
    for setting in script.SETTINGS:
        supervised = () if setting == "youtube8m" else ("csnet_supervised",)  # it has no labels
        for scorer in ("csnet", "align,uniform,filter", *supervised):
            videos = [row.video for row in script.rows(setting) if row.scorer == scorer]
            assert len(videos) == len(set(videos)) == 10, (setting, scorer)
    assert "Demo figures are no benchmark" in (EXPERIMENTS / "settings_demo" / "README.md").read_text()
