"""Every study's tables are those of its files, its files are complete, and its commands run."""

import csv
import importlib.util
import json
import re
import shlex
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from hydra.core.global_hydra import GlobalHydra

from vsumlab import run as vsumlab_run
from vsumlab.results.pages import with_tables
from vsumlab.results.study import pages

EXPERIMENTS = Path(__file__).parents[2] / "experiments"
PROJECT = EXPERIMENTS.parent
FOLDERS = sorted(path.name for path in EXPERIMENTS.iterdir() if (path / "README.md").is_file())
# studies with tables of their own besides those that a report makes
SCRIPTS = [name for name in FOLDERS if (EXPERIMENTS / name / "collect.py").is_file()]
STUDIES = [name for name in FOLDERS if name not in SCRIPTS]
PRESETS = [
    *("csnet_table2", "csnet_table3", "csnet_table4", "csnet_table5", "csnet_m"),
    *("contrastive_table1", "contrastive_table2", "contrastive_table3"),
    *("contrastive_hyperparameters", "contrastive_magnitude", "contrastive_selection"),
]


def test_every_folder_of_experiments_is_a_study() -> None:
    assert {path.name for path in EXPERIMENTS.iterdir() if path.is_dir()} - {"__pycache__"} == set(FOLDERS)


@pytest.mark.parametrize("study", STUDIES)
def test_no_table_is_stale(study) -> None:
    made = pages(EXPERIMENTS / study)
    assert EXPERIMENTS / study / "README.md" in made
    for page, text in made.items():
        assert page.read_text() == text, f"make it anew: python -m vsumlab.report {study} -o {study}"


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_is_whole_and_names_nothing_of_the_machine(study) -> None:
    folder = EXPERIMENTS / study
    page = (folder / "README.md").read_text()
    for table in ("results", "differences", "runs"):
        assert f"<!-- {study} {table} -->" in page
    assert "## What was found" in page
    records = json.loads((folder / "runs.json").read_text())
    assert [record for record in records if record["status"] == "done"]
    for record in records:
        if record["status"] == "done":
            assert record["git"]["commit"]
            assert record["git"]["dirty"] is False
            assert record["command"].startswith("python -m vsumlab.run")
    for text in (page, json.dumps([record.get("command") for record in records])):
        assert not re.search(r"(?<![\w.])/(tmp|home|root|work|mnt)/", text)
    with (folder / "results.csv").open(newline="") as file:
        rows = Counter((r["run"], r["fold"], r["video"], r["scorer"]) for r in csv.DictReader(file))
    assert set(rows.values()) == {1}, "each video once in each run and fold"


@pytest.mark.parametrize("study", STUDIES)
def test_demo_figures_are_marked(study) -> None:
    page = (EXPERIMENTS / study / "README.md").read_text()
    assert ("**demo · " in page) == ("**Demo figures are no benchmark.**" in page)


def collect(study: str) -> ModuleType:
    """A study's script."""
    spec = importlib.util.spec_from_file_location(f"collect_{study}", EXPERIMENTS / study / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("study", SCRIPTS)
def test_no_table_of_a_script_is_stale(study) -> None:
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


def test_contrastive_table1_has_all_fifty_videos_of_every_row_and_seed() -> None:
    records = json.loads((EXPERIMENTS / "contrastive_table1" / "runs.json").read_text())
    rows = Counter()
    with (EXPERIMENTS / "contrastive_table1" / "results.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            told = records[int(row["run"])]["overrides"]
            training = next(o for o in told if o.startswith("refinement="))
            variant = next(o for o in told if o.startswith("method="))
            rows[variant, training, row["seed"], row["scorer"]] += 1
    for variant in ("method=contrastive", "method=contrastive_paper"):
        for training, scorers in {
            "refinement=none": ("align", "align,uniform"),
            "refinement=eq_8": ("align", "align,uniform"),
            "refinement=eq_11": ("align,filter", "align,uniform,filter"),
        }.items():
            for scorer in scorers:
                for seed in "0" if training == "refinement=none" else "012":
                    assert rows[variant, training, seed, scorer] == 50


LEFT_OUT = ("data", "fold=", "seed=", "hydra.", "trainer.")
SMALL = {
    "csnet": ["method.hidden_size=8"],
    "contrastive": ["method.frames=20", "method.segment_length=5"],
}


def commands() -> list[str]:
    """The commands by which the pages of all studies can be repeated, without what is a reader's own."""
    found = {}
    for folder in FOLDERS:
        page = (EXPERIMENTS / folder / "README.md").read_text()
        for line in re.findall(r"python -m vsumlab\.run ([^`\n]*)", page):
            kept = [a for a in shlex.split(line) if not a.startswith(LEFT_OUT)]
            found[" ".join(kept)] = None
    return list(found)


def test_every_study_has_its_preset_and_a_page() -> None:
    for preset in PRESETS:
        assert (PROJECT / "conf" / "experiment" / f"{preset}.yaml").is_file()


@pytest.mark.slow
@pytest.mark.parametrize("line", commands())
def test_every_command_of_a_page_runs(line, demo_folder, tmp_path, monkeypatch) -> None:
    """In a small form, on the demo data, where nobody's own files are."""
    method = next(name for name in SMALL if f"experiment={name}" in line)
    small = [
        *SMALL[method],
        "debug=smoke",
        "trainer.max_epochs=1",
        "fold=0",
        "seed=0",
        "random_draws=2",
        f"paths.data={demo_folder}",
    ]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["vsumlab.run", *shlex.split(line), *small])
    GlobalHydra.instance().clear()
    vsumlab_run.main()
    statuses = [json.loads(file.read_text())["status"] for file in tmp_path.glob("runs/*/*/run.json")]
    assert statuses
    assert set(statuses) == {"done"}
