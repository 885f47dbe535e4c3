"""Every study's tables are those of its files, its files are complete, and its commands run."""

import csv
import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
import torch
from omegaconf import DictConfig, OmegaConf
from support import PROJECT

from vsumlab.config import build, compose_config, find_conf
from vsumlab.methods.summarizer import Summarizer
from vsumlab.report.compare import compare
from vsumlab.report.study import MARKED, made_anew
from vsumlab.runs.reading import find_runs
from vsumlab.runs.sweeps import planned_runs

EXPERIMENTS = PROJECT / "experiments"
PAGES = sorted(path.parent.name for path in EXPERIMENTS.glob("*/README.md"))
STUDIES = [name for name in PAGES if (EXPERIMENTS / name / "runs.json").is_file()]


def test_every_folder_of_experiments_is_a_study_or_says_that_it_is_planned() -> None:
    assert {path.name for path in EXPERIMENTS.iterdir() if path.is_dir()} - {"__pycache__"} == set(PAGES)
    for name in PAGES:
        page = (EXPERIMENTS / name / "README.md").read_text()
        assert ("**Nothing has been run yet.**" in page) == (name not in STUDIES)


def marks(svg: str) -> list[str]:
    """An SVG's words and colours."""
    return re.findall("(?<=>)[^<\n]+(?=</text>)|#[0-9a-f]{6}", svg)


def places(svg: str) -> list[float]:
    """Where an SVG's marks and words are, and where its lines go."""
    found = re.findall(r'(?: x| y|transform|[^i]d)="([^"]*)"', svg)
    return [float(number) for place in found for number in re.findall(r"-?\d+(?:\.\d+)?", place)]


@pytest.mark.parametrize("study", STUDIES)
def test_no_table_or_picture_is_stale(study) -> None:
    folder = EXPERIMENTS / study
    text = (folder / "README.md").read_text()
    page, pictures = made_anew(text, folder)
    assert page == text, f"make it anew: vsumlab report {study} -o {study}"
    assert {each.file for each in pictures} == {path.name for path in folder.glob("*.svg")}
    assert bool(pictures) == (" pictures -->" in text)
    for each in pictures:
        kept = (folder / each.file).read_text()
        assert marks(kept) == marks(each.svg)
        assert places(kept) == pytest.approx(places(each.svg), abs=0.1)
        assert len(places(kept)) > 300


def test_no_table_of_the_projects_page_is_stale() -> None:
    """Each table is made once, for the first of the studies that it is of."""
    text = (PROJECT / "README.md").read_text()
    first = {match["studies"].split("+")[0] for match in MARKED.finditer(text)}
    assert first
    for study in sorted(first):
        assert made_anew(text, EXPERIMENTS / study)[0] == text, (
            f"make it anew: vsumlab report {study} -o {study}"
        )


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_is_whole_and_names_nothing_of_the_machine(study) -> None:
    folder = EXPERIMENTS / study
    page = (folder / "README.md").read_text()
    own = [match["table"] for match in MARKED.finditer(page) if study in match["studies"].split("+")]
    assert {"results", "differences", "runs"} <= {*own} or {"leaderboard", "runs"} <= {*own}
    assert "## What was found" in page
    records = json.loads((folder / "runs.json").read_text())
    assert [record for record in records if record["status"] == "done"]
    for record in records:
        if record["status"] == "done":
            assert record["git"]["commit"]
            assert record["git"]["dirty"] is False
            assert record["command"].startswith(("python -m vsumlab.run ", "vsumlab run "))
    for text in (page, json.dumps([record.get("command") for record in records])):
        assert not re.search(r"(?<![\w.])/(tmp|home|root|work|mnt)/", text)
    with (folder / "results.csv").open(newline="") as file:
        rows = Counter((r["run"], r["fold"], r["video"], r["scorer"]) for r in csv.DictReader(file))
    assert set(rows.values()) == {1}, "each video once in each run and fold"


@pytest.mark.parametrize("study", STUDIES)
def test_demo_figures_are_marked(study) -> None:
    page = (EXPERIMENTS / study / "README.md").read_text()
    assert ("**demo · " in page) == ("**Demo figures are no benchmark.**" in page)


def test_csnet_canonical_has_all_fifty_videos_once_in_both_runs() -> None:
    (comparison,) = compare(find_runs([EXPERIMENTS / "csnet_canonical"]))
    lines = comparison.lines[comparison.lines["videos"] > 0]
    ours = lines[lines["scorer"] == "csnet"]
    assert sorted(ours["run"]) == ["variance_loss=median", "variance_loss=none"]
    assert set(lines["scorer"]) >= {"csnet", "random", "human"}
    assert set(lines["folds"]) == {(0, 1, 2, 3, 4)}
    assert set(lines["videos"]) == {50}
    written = (EXPERIMENTS / "csnet_canonical" / "results.csv").read_text().splitlines()[1:]
    assert len(written) == len(set(written)) == (2 * 1 + 2) * 50, "people and random scores are kept once"


def test_contrastive_table1_has_all_fifty_videos_of_every_row_and_seed() -> None:
    records = json.loads((EXPERIMENTS / "contrastive_table1" / "runs.json").read_text())
    rows = Counter()
    with (EXPERIMENTS / "contrastive_table1" / "results.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            overrides = records[int(row["run"])]["overrides"]
            training = next(o for o in overrides if o.startswith("refinement="))
            variant = next(o for o in overrides if o.startswith("method="))
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


def commands(*left_out: str) -> list[str]:
    """The commands by which the pages of all studies can be repeated, without some of their overrides."""
    found = {}
    for study in PAGES:
        page = (EXPERIMENTS / study / "README.md").read_text()
        for line in re.findall(r"(?:python -m vsumlab\.run|vsumlab run) ([^`\n]*)", page):
            kept = [argument for argument in shlex.split(line) if not argument.startswith(left_out)]
            found[shlex.join(kept)] = None
    return list(found)


@pytest.mark.parametrize("study", PAGES)
def test_a_study_says_by_what_command_it_is_repeated(study) -> None:
    assert (find_conf() / "experiment" / f"{study}.yaml").is_file()
    page = (EXPERIMENTS / study / "README.md").read_text()
    assert re.search(rf"vsumlab(\.| )run (-m )?experiment={study}\b", page)


def runs_of(line: str, folder: Path) -> list[list[str]]:
    """The overrides of each run of a command: of a sweep by the file that Hydra would leave in its folder."""
    flag, *overrides = shlex.split(line)
    if flag != "-m":
        return [[flag, *overrides]]
    (name,) = (override.split("=")[1] for override in overrides if override.startswith("experiment="))
    experiment = OmegaConf.load(find_conf() / "experiment" / f"{name}.yaml")
    params = OmegaConf.select(experiment, "hydra.sweeper.params")
    left = {"hydra": {"sweeper": {"params": params}, "overrides": {"task": overrides}}}
    OmegaConf.save(OmegaConf.create(left), folder / "multirun.yaml")
    return planned_runs(folder)


def built(config: DictConfig) -> Summarizer:
    """All that a run is made of but its data, its logger and its trainer; the method without its numbers."""
    build(config.setting)
    build(config.data)
    build(config.selection)
    for callback in config.callbacks.values():
        build(callback)
    with torch.device("meta"):
        method: Summarizer = build(config.method, feature_dim=8)
    return method


@pytest.mark.parametrize("line", commands("fold=", "seed=", "hydra.", "data.file=", "trainer."))
def test_every_run_of_a_pages_command_can_be_made(line, tmp_path) -> None:
    """Each composes and builds; folds and seeds differ in nothing else. The slow test runs them."""
    runs = runs_of(f"{line} fold=0 seed=0", tmp_path)
    assert runs
    for overrides in runs:
        config = compose_config(overrides)
        assert built(config).scorers
        assert OmegaConf.to_container(config, resolve=True, throw_on_missing=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", commands("fold=", "seed=", "hydra.", "data", "trainer.", "training_videos=", "method.base=")
)
def test_every_command_of_a_page_runs(line, demo_folder, tmp_path, command) -> None:
    """In a small form, on the demo data, where nobody's own files are."""
    small = ["debug=smoke", "trainer.max_epochs=1", "fold=0", "seed=0", "random_draws=2"]
    assert command(*shlex.split(line), *small, f"paths.data={demo_folder}") == 0
    statuses = [json.loads(file.read_text())["status"] for file in tmp_path.glob("runs/*/*/run.json")]
    assert statuses
    assert set(statuses) == {"done"}
