"""The documentation says what is true: links, anchors, commands, options, files and names are there."""

import inspect
import re
import shlex
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import h5py
import numpy as np
import pytest
import torch
import yaml
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf
from pytorch_lightning import Trainer
from support import PROJECT
from support.runs import SMALL, module, process, record

import vsumlab
from vsumlab.cli import COMMANDS
from vsumlab.config import compose_config, find_conf, flat, flattened
from vsumlab.core.metric_names import METRICS
from vsumlab.data.dataset import Dataset
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.job import run_job
from vsumlab.methods.registry import methods
from vsumlab.report.study import PICTURES, TABLES
from vsumlab.runs.reading import find_runs

GUIDES = [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
METHOD_PAGES = sorted(PROJECT.glob("vsumlab/methods/*/README.md"))
STUDY_PAGES = sorted(PROJECT.glob("experiments/*/README.md"))
PAGES = [*GUIDES, *METHOD_PAGES, *STUDY_PAGES]
README, CONTRIBUTING = PROJECT / "README.md", PROJECT / "CONTRIBUTING.md"
RUN, STUDIES = PROJECT / "docs" / "run.md", PROJECT / "docs" / "studies.md"
DATA = PROJECT / "docs" / "data.md"
PLUGINS = find_conf() / "hydra" / "plugins"

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MADE = re.compile(r"(<!-- [^\s<>]+ \w+ -->).*?(<!-- end -->)", re.DOTALL)
"""Tables that a report makes: their commands are those of the runs, whatever version made them."""
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return str(page.relative_to(PROJECT))


every_page = pytest.mark.parametrize("page", PAGES, ids=name_of)
every_method_page = pytest.mark.parametrize("page", METHOD_PAGES, ids=name_of)


def written(page: Path) -> str:
    """A page without the tables that a report makes."""
    return MADE.sub(r"\1\2", page.read_text(encoding="utf-8"))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return BLOCK.sub("", written(page))


def blocks(page: Path, language: str) -> list[str]:
    return [code for of, code in BLOCK.findall(written(page)) if of == language]


def bash_lines(page: Path) -> Iterator[list[str]]:
    """The words of each command in a page's blocks of Bash."""
    for block in blocks(page, "bash"):
        for line in block.splitlines():
            if words := shlex.split(line, comments=True):
                yield words


def inline(page: Path) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", prose(page))


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def test_there_are_pages() -> None:
    names = {name_of(page) for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/run.md"} <= names
    assert len(METHOD_PAGES) >= 2
    assert len(STUDY_PAGES) >= 10


@every_page
def test_every_link_points_at_something(page) -> None:
    for target in LINK.findall(prose(page)):
        parts = urlsplit(target)
        if parts.scheme:
            assert parts.scheme in ("http", "https"), target
            assert re.fullmatch(r"[\w-]+(\.[\w-]+)+", parts.netloc), target
            continue
        file = (page.parent / parts.path).resolve() if parts.path else page
        assert file.is_relative_to(PROJECT), target
        assert file.exists(), target
        if parts.fragment:
            assert parts.fragment in anchors(file), target


@every_page
def test_every_heading_can_be_linked_to(page) -> None:
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    assert len(anchors(page)) == len(headings)
    assert prose(page).lstrip().startswith("# ")


def test_the_readme_is_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 170


def test_every_guide_and_method_can_be_found_from_the_readme() -> None:
    linked = {(PROJECT / target.split("#")[0]).resolve() for target in LINK.findall(prose(README))}
    assert set(GUIDES) - {README} <= linked
    assert set(METHOD_PAGES) <= linked
    for name in methods():
        assert f"`{name}`" in prose(README)


def test_every_study_can_be_found_from_the_page_of_studies() -> None:
    linked = {(STUDIES.parent / target.split("#")[0]).resolve() for target in LINK.findall(prose(STUDIES))}
    assert set(STUDY_PAGES) <= linked
    for file in find_conf().glob("experiment/*.yaml"):
        if "MULTIRUN" in file.read_text():
            assert f"`{file.stem}`" in prose(STUDIES)


def named_commands(page: Path) -> Iterator[list[str]]:
    """Commands of the package that a page names: their first word is the subcommand."""
    for words in [*bash_lines(page), *(code.split() for code in inline(page))]:
        if words[0] == "vsumlab" and len(words) > 1:
            yield words[1:]
        elif words[:2] == ["python", "-m"] and "".join(words[2:3]).startswith("vsumlab."):
            yield [words[2].removeprefix("vsumlab."), *words[3:]]


@pytest.mark.parametrize("page", [*GUIDES, *METHOD_PAGES], ids=name_of)
def test_every_command_that_is_named_is_one(page) -> None:
    for command, *_ in named_commands(page):
        assert command in (*COMMANDS, "COMMAND"), f"vsumlab {command}"


@pytest.mark.parametrize("page", STUDY_PAGES, ids=name_of)
def test_every_command_of_a_studys_page_is_one(page) -> None:
    for command, *_ in named_commands(page):
        assert command in COMMANDS, f"vsumlab {command}"


def test_every_command_is_documented() -> None:
    documented = {words[0] for page in GUIDES for words in named_commands(page)}
    assert set(COMMANDS) <= documented


def help_of(command: str, monkeypatch, capsys) -> str:
    """What a command that is not Hydra's own says of itself."""
    name = f"vsumlab.{command}"
    package = (PROJECT / "vsumlab" / command).is_dir()
    module = import_module(f"{name}.__main__" if package else name)
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit):
        module.main()
    return capsys.readouterr().out


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "run"])
def test_every_option_that_is_named_is_one(command, monkeypatch, capsys) -> None:
    text = help_of(command, monkeypatch, capsys)
    for page in PAGES:
        for found, *words in named_commands(page):
            for word in words if found == command else ():
                if re.fullmatch(r"--?[a-z][\w-]*", word):
                    assert re.search(rf"(?<![\w-]){word}(?![\w-])", text), (
                        f"{name_of(page)}: {command} {word}"
                    )


def test_every_target_of_make_that_is_named_is_one() -> None:
    targets = re.findall(r"^([a-z-]+):.*##", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    for page in PAGES:
        lines = [*bash_lines(page), *(code.split() for code in inline(page))]
        for words in lines:
            if words[0] == "make" and len(words) > 1:
                assert words[1] in targets, f"{name_of(page)}: make {words[1]}"


def flags_of(words: list[str]) -> set[str]:
    """Options, and a place of files of one's own, which is there only in tests that write such files."""
    return {word for word in words if word.startswith(("-", "hydra.searchpath="))}


PLACEHOLDERS = {"FOLDER": "data", "FILE.h5": "data/file.h5", "SECONDS": "3", "N": "2", "NAME": "name"}


def overrides(command: str, flags: Collection[str] = ("-m", "--scorer")) -> list[tuple[str, ...]]:
    """What the pages' lines of a command override, without placeholders; of lines with no other flags."""
    found = {}
    for page in PAGES:
        for words in bash_lines(page):
            if words[:2] == ["vsumlab", command] and flags_of(words) <= {*flags}:
                given = [word for word in words[2:] if "=" in word and not word.startswith("-")]
                filled = tuple(
                    "=".join(PLACEHOLDERS.get(part, part) for part in word.split("=")) for word in given
                )
                found[filled] = None
    return list(found)


@pytest.mark.parametrize("line", overrides("run"), ids=" ".join)
def test_every_run_that_is_shown_composes(line) -> None:
    """As it stands there, or of a sweep every run."""
    chosen = [word for word in line if "=interval(" not in word]  # by a search, as it goes
    (runs,) = BasicSweeper.split_arguments(OverridesParser.create().parse_overrides(chosen), None)
    for run in runs:
        assert compose_config(run).method["_target_"]


@pytest.mark.parametrize("line", overrides("evaluate"), ids=" ".join)
def test_every_evaluation_that_is_shown_composes(line) -> None:
    assert compose_config(line, "evaluate").data.name


@pytest.mark.parametrize("line", overrides("fetch"), ids=" ".join)
def test_every_fetch_that_is_shown_composes(line) -> None:
    assert compose_config(line, "fetch").paths.data


def test_there_are_lines_to_compose() -> None:
    assert len(overrides("run")) >= 10
    assert len(overrides("evaluate")) >= 2


def named_overrides() -> list[str]:
    """The overrides NAME=VALUE, +NAME=VALUE and ~NAME between backticks."""
    words = [word for page in [*GUIDES, *METHOD_PAGES] for code in inline(page) for word in code.split()]
    stripped = dict.fromkeys(word.strip("'(),;") for word in words)
    return [word for word in stripped if re.fullmatch(r"[+~]?[a-z][\w./]*=[^=…]+|~[a-z][\w.]*", word)]


CHOICES = (
    (),
    ("setting=augmented", "data=tvsum", "method=contrastive", "selection=validation", "logger=wandb"),
    ("setting=transfer", "data=summe", "selection=test_oracle", "logger=tensorboard"),
    *((f"method={file.stem}",) for file in sorted(find_conf().glob("method/*.yaml"))),
)
"""Choices that together have all the entries that a page may name."""


@cache
def entries() -> frozenset[str]:
    """The entries of the configurations of all commands, and the nodes above them."""
    found = [flattened(compose_config(choices)) for choices in CHOICES]
    found += [flattened(compose_config([], name)) for name in ("evaluate", "fetch")]
    backbone = compose_config(["backbone=googlenet", "backbone.file=FILE"], "extract")
    found.append(flattened(backbone))
    leaves = {name for config in found for name in config}
    hydra = {"hydra.run.dir", "hydra.sweeper.params", "hydra.mode", "hydra.sweeper.sampler.seed"}
    for file in PLUGINS.glob("*/*.yaml"):
        plugin = OmegaConf.to_container(OmegaConf.load(file), resolve=False)
        hydra |= {f"hydra.{file.parent.name}.{name}" for name, _ in flat(plugin)}
    return frozenset(leaves | {name.rpartition(".")[0] for name in leaves} | hydra)


@pytest.mark.parametrize("override", named_overrides())
def test_every_override_that_is_named_is_one(override) -> None:
    name, _, choice = override.lstrip("~").partition("=")
    if name.startswith("hydra/"):
        assert choice == "NAME" or (PLUGINS / name.removeprefix("hydra/") / f"{choice}.yaml").is_file()
    elif name.startswith("+hydra.launcher."):
        assert choice == "VALUE"
    elif (find_conf() / name.lstrip("+")).is_dir():
        own = choice.isupper() or choice.startswith(("NAME", "FILE"))
        assert own or all((find_conf() / name / f"{each}.yaml").is_file() for each in choice.split(","))
    elif name.startswith("+"):
        parent, _, added = name[1:].rpartition(".")
        assert parent in entries()
        assert parent != "trainer" or added in inspect.signature(Trainer).parameters or added == "NAME"
    elif name not in ("trainer.NAME", "resume"):  # run.py puts others in its place
        assert name.replace(".NAME.", ".tvsum.") in entries()


def test_there_are_overrides_to_look_up() -> None:
    assert len(named_overrides()) >= 40


def test_every_choice_of_a_reader_is_documented() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in GUIDES)
    for group in ("data", "setting", "selection", "trainer", "logger", "refinement", "debug"):
        for file in find_conf().glob(f"{group}/*.yaml"):
            assert re.search(rf"(?<![\w/]){group}={file.stem}\b", text), f"{group}={file.stem}"
    for file in find_conf().glob("method/*.yaml"):
        assert f"`{file.stem}`" in text, file.stem


def rows_of(page: Path, heading: str) -> dict[str, str]:
    """The cells of a table's first two columns, of the first table after a heading."""
    text = prose(page)
    table = re.search(r"\n\|.*?\n\n", text[text.index(heading) :], re.DOTALL)
    assert table
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table[0].strip().splitlines()[2:]]
    return {first: second for first, second, *_ in cells}


def test_the_files_of_a_run_folder_are_the_documented_ones(tiny, tmp_path) -> None:
    run, fold = tmp_path / "run", tmp_path / "run" / "fold_0"
    small = (*tiny, "selection=test_oracle", "fold=0", "callbacks.figures.videos=1", f"paths.run={run}")
    run_job(compose_config(["experiment=csnet_canonical", *small]))
    top, inside = (
        " ".join(rows_of(RUN, heading)) for heading in ("## The run folder", "### A fold's folder")
    )
    for path in run.iterdir():
        assert f"`{path.name}{'/' if path.is_dir() else ''}`" in top, path.name
    for path in fold.iterdir():
        assert f"`{path.name}{'/' if path.is_dir() else ''}`" in inside, path.name
    assert f"`{', '.join(COLUMNS)}`" in rows_of(RUN, "## The run folder")["`videos.csv`"]


def test_the_tables_of_a_study_are_the_documented_ones() -> None:
    assert list(rows_of(STUDIES, "A table stands between")) == [f"`{name}`" for name in (*TABLES, PICTURES)]


@every_method_page
def test_every_file_and_name_of_a_methods_page_is_there(page) -> None:
    """In the table of what is where, of a paper or of formulae: FILE, or FILE: NAME, NAME."""
    n_names = 0
    heading = "| in the paper | here |" if "| in the paper |" in prose(page) else "| formula | here |"
    for cell in rows_of(page, heading).values():
        module: Any = None
        for code in re.findall(r"`([^`]+)`", cell):
            file = (page.parent / code).resolve()
            if "." in code and file.is_file():
                module = None
                if file.suffix == ".py":
                    parts = file.relative_to(PROJECT).with_suffix("").parts
                    module = import_module(".".join(parts))
                continue
            assert module is not None, f"{code}: no such file"
            assert find(module, code), f"{code}: not in {module.__name__}"
            n_names += 1
    assert n_names


def find(module: Any, name: str) -> bool:
    """Whether a module has a name, or a method of one of its classes that stands there."""
    first, *rest = name.split(".")
    owner = getattr(module, first, None)
    if owner is None:
        return any(hasattr(each, name) for each in vars(module).values() if isinstance(each, type))
    return all(hasattr(owner, each) for each in rest)


def test_a_study_of_ones_own_composes(tmp_path) -> None:
    study = next(block for block in blocks(CONTRIBUTING, "yaml") if "csnet_sparsity" in block)
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "csnet_sparsity.yaml").write_text(study)
    config = compose_config([f"hydra.searchpath=[file://{tmp_path}]", "experiment=csnet_sparsity"])
    assert config.name == "csnet_sparsity"
    assert yaml.safe_load(study)["hydra"]["mode"] == "MULTIRUN"


def code_block(page: Path, language: str, after: str) -> str:
    """The first block of a language on a page after some words."""
    text = written(page)
    match = re.search(rf"```{language}\n(.*?)```", text[text.index(after) :], re.DOTALL)
    assert match
    return match[1]


OWN_DATASET = code_block(DATA, "yaml", "## A dataset of your own")
NEEDED = 4
"""How many of its lines are said to be enough."""


@pytest.fixture
def own_dataset(tiny_file, tmp_path, monkeypatch) -> dict[str, list[str]]:
    """The feature file of a dataset of one's own in its place; the arguments of its page's commands."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mine.h5").symlink_to(tiny_file)
    (tmp_path / "my_conf" / "data").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    lines = [f"video_{i},{pick * 15},{rng.random()}" for i in range(1, 11) for pick in range(12)]
    (tmp_path / "SCORES.csv").write_text("\n".join(["video,pick,score", *lines]))
    words = [
        shlex.split(line)[1:] for line in code_block(DATA, "bash", "## A dataset of your own").splitlines()
    ]
    assert [command for command, *_ in words] == ["inspect", "run", "evaluate"]
    return {command: arguments for command, *arguments in words}


@pytest.mark.parametrize(
    ("entries", "headline", "selection"),
    [(None, "f1_max", "last"), (NEEDED, "f1_mean", "validation"), (NEEDED, "f1_mean", "test_oracle")],
)
def test_a_dataset_of_ones_own_is_inspected_run_and_evaluated(
    entries, headline, selection, own_dataset, command, tmp_path, monkeypatch, capsys
) -> None:
    """By its YAML as it stands there, and by those of its entries that are said to be enough."""
    path = tmp_path / "my_conf" / "data" / "mine.yaml"
    path.write_text("\n".join(OWN_DATASET.splitlines()[:entries]))
    for name in ("inspect.__main__", "evaluate"):
        arguments = own_dataset[name.split(".")[0]]
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        import_module(f"vsumlab.{name}").main()
    shown = capsys.readouterr().out
    assert "mine.h5: can be trained on and evaluated" in shown
    assert "mine · canonical" in shown
    small = (*SMALL, "fold=0", f"selection={selection}", "trainer.max_epochs=1")
    assert command(*own_dataset["run"], *small) == 0
    (run,) = find_runs([tmp_path / "runs" / "csnet_canonical"])
    assert run.record["dataset"]["headline"] == headline.removeprefix("f1_")
    assert ("a pilot of ten videos" in " ".join(capsys.readouterr().out.split())) == (entries is None)
    tested = record(run.folder / "fold_0")["metrics"]
    if selection == "last":
        assert tested["test/f1"] == tested[f"test/{headline}"]
    assert tested["test/random/f1"] == tested[f"test/random/{headline}"]


def test_every_entry_of_a_dataset_is_documented_with_its_default() -> None:
    parameters = inspect.signature(Dataset).parameters.values()
    defaults = {None: "`null`", "": '`""`', inspect.Parameter.empty: "to be given"}
    expected = {f"`{each.name}`": defaults.get(each.default, f"`{each.default}`") for each in parameters}
    assert rows_of(DATA, "## A dataset of your own") == expected
    needed = [each.name for each in parameters if each.default is each.empty]
    assert [*yaml.safe_load(OWN_DATASET)][:NEEDED] == ["_target_", *needed]


@pytest.fixture
def own_method(tmp_path, monkeypatch) -> list[list[str]]:
    """The method of one's own in its files, as CONTRIBUTING.md has it; the arguments of its commands."""
    (tmp_path / "my_methods.py").write_text(code_block(CONTRIBUTING, "python", "`my_methods.py`:"))
    for folder, name in (("method", "frame_scorer"), ("experiment", "frame_scorer_small")):
        path = tmp_path / "my_conf" / folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code_block(CONTRIBUTING, "yaml", f"`my_conf/{folder}/{name}.yaml`"))
    lines = code_block(CONTRIBUTING, "bash", "From the folder that holds").strip().splitlines()
    assert [line.split()[:3] for line in lines] == [["python", "-m", "vsumlab.run"]] * 2
    return [shlex.split(line)[3:] for line in lines]


def test_a_method_of_ones_own_runs(own_method, command, tiny_file, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_methods", raising=False)
    data = ("data=tvsum", f"data.file={tiny_file}")
    for arguments, selection in zip(own_method, ("last", "validation"), strict=True):
        small = ("debug=smoke", "fold=0", "random_draws=2", f"selection={selection}", *data)
        assert command(*arguments, *small) == 0
        assert "frame_scorer" in capsys.readouterr().out
    runs = sorted(tmp_path.glob("runs/*/*"))
    assert [run.parent.name for run in runs] == ["frame_scorer_canonical", "frame_scorer_small"]
    assert [vsumlab.load(run).hparams["hidden_size"] for run in runs] == [64, 16]


def test_a_method_of_ones_own_that_does_not_learn_runs(command, tiny_file, tmp_path, monkeypatch) -> None:
    (tmp_path / "my_scorers.py").write_text(code_block(CONTRIBUTING, "python", "`my_scorers.py`:"))
    file = tmp_path / "my_conf" / "method" / "local_contrast.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(code_block(CONTRIBUTING, "yaml", "`my_conf/method/local_contrast.yaml`"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_scorers", raising=False)
    small = ("--config-dir", "my_conf", "data=tvsum", f"data.file={tiny_file}", "random_draws=2")
    assert command(*small, "method=local_contrast", "fold=0") == 0
    (run,) = tmp_path.glob("runs/*/*")
    method, features = vsumlab.load(run), torch.rand(40, 8)
    scores = method.score(features)
    means = [features[max(0, t - 8) : t + 9].mean(dim=0) for t in range(40)]
    distances = torch.stack([(features[t] - means[t]).norm() for t in range(40)])
    torch.testing.assert_close(torch.as_tensor(scores), distances / distances.max())


@pytest.mark.slow
def test_a_method_of_ones_own_runs_in_a_process_of_its_own(own_method, demo_folder, tmp_path) -> None:
    for arguments in own_method:
        small = ("debug=smoke", f"paths.data={demo_folder}", "fold=0")
        done = process(*module("run"), *arguments, *small, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "frame_scorer" in done.stdout
        assert not done.stderr, "a run without a terminal is quiet"


def test_the_python_of_the_pages_runs_on_a_run(demo_run, demo_folder, tmp_path, monkeypatch, capsys) -> None:
    """As it stands there, in a folder with the run and the data that it names."""
    monkeypatch.chdir(tmp_path)
    Path("runs/csnet_canonical").mkdir(parents=True)
    Path("runs/csnet_canonical/TIME").symlink_to(demo_run)
    Path("data").mkdir()
    Path("data/demo.h5").symlink_to(demo_folder / "demo.h5")
    names: dict[str, Any] = {}
    for after in ("A trained method scores", "`vsumlab.plot` draws", "The protocol is there"):
        exec(code_block(RUN, "python", after), names)
    video, scores, summary = names["video"], names["scores"], names["summary"]
    assert "scores: trained" in Path("video_1.svg").read_text()
    with h5py.File(demo_run / "scores.h5") as file:
        recorded = file[f"fold_4/{video.key}/csnet"]
        assert (recorded["importance_scores"][()] == scores.numpy()).all()
        assert (recorded["summary"][()] == summary).all()
    metrics = evaluate_scores(scores, video, "user_scores")
    f1, tau = re.findall(r"tensor\(([-\d.]+)", capsys.readouterr().out)
    assert float(f1) == pytest.approx(metrics[METRICS.index("f1_mean")], abs=1e-4)
    assert float(tau) == pytest.approx(metrics[METRICS.index("kendall_tau")], abs=1e-4)
    names = {"features": video.features}
    exec(code_block(README, "python", "## Run"), names)
    assert (names["scores"] == scores).all()


def test_the_python_of_the_feature_file_makes_its_shots() -> None:
    names: dict[str, Any] = {"features": np.eye(2).repeat(20, axis=0)}
    names |= {"picks": np.arange(40) * 15, "n_frames": 600}
    exec(code_block(DATA, "python", "## The feature file"), names)
    assert names["change_points"].tolist() == [[0, 299], [300, 599]]


def test_the_python_of_training_runs(tiny, tmp_path, monkeypatch) -> None:
    """As it stands there, but for what makes it small."""
    monkeypatch.chdir(tmp_path)
    code, whole = code_block(RUN, "python", "A composed configuration"), '"method.hidden_size=64"'
    small = (*tiny, "setting.n_folds=2")
    assert whole in code
    names: dict[str, Any] = {}
    exec(code.replace(whole, ", ".join(map(repr, small))), names)
    assert -1 <= names["metrics"]["test/kendall_tau"] <= 1
    assert names["means"].keys() == names["metrics"].keys()
    for run in ("runs/one_fold", "runs/all_folds"):
        assert vsumlab.load(run, fold=0).hparams["hidden_size"] == 8
        (found,) = find_runs([Path(run)])
        assert found.done


@pytest.mark.parametrize(
    "line", [line for line in overrides("run", ()) if "logger=wandb" not in line], ids=" ".join
)
def test_every_run_that_is_shown_runs(line, command, video_file, demo_folder, tmp_path) -> None:
    """A fold of it, on files of a few small videos; a launcher's runs one after the other in this process."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "demo.h5").symlink_to(demo_folder / "demo.h5")
    rng = np.random.default_rng(0)
    signed = {f"video_{i}": {"features": rng.standard_normal((12, 8))} for i in range(1, 7)}
    for name in ("eccv16_dataset_tvsum_google_pool5.h5", "file.h5"):
        video_file(n_videos=6, name=f"data/{name}")
    video_file(n_videos=6, name="data/TVSUM_INCEPTION.h5", changes=signed)
    for name in ("youtube8m", "all-01-of-64", "all-02-of-64"):
        with h5py.File(tmp_path / "data" / f"{name}.h5", "w") as file:
            file["abcd/features"] = rng.integers(0, 256, (50, 8), dtype=np.uint8)
    sized = not re.search("contrastive|consensus", line[0])
    small = [item for item in SMALL if sized or "hidden_size" not in item]
    if any("search" in word or "hydra/sweeper" in word for word in line):
        small.append("hydra.sweeper.n_trials=1")
    if any(re.search(r"^(fold|seed)=\d,|=interval\(", word) for word in line):
        small.append("-m")
    line = [word for word in line if not word.startswith(("hydra/launcher=", "hydra.launcher."))]
    assert command(*line, *small, *(() if "fold=2" in line else ("fold=0",))) == 0
