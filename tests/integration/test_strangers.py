"""Run folders from a stranger, at the front doors: they run no code, tell no secret, and end in one line."""

import csv
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from support.run_folders import made_run
from support.runs import exit_code

import vsumlab
from vsumlab.errors import UserError
from vsumlab.repeat import main as repeat_main
from vsumlab.report.__main__ import main as report_main

CANARY = "c0ffee" * 7
ODD = "\x1b[2J\x1b]0;owned\x07<script>alert(1)</script>\u202e|`"


@pytest.fixture
def call(monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Calls a command line in this process, whose environment holds a key; gives exit code and output."""
    monkeypatch.setenv("WANDB_API_KEY", CANARY)

    def run(main: Callable[[], None], *arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vsumlab", *map(str, arguments)])
        capsys.readouterr()
        code = exit_code(main)
        out, err = capsys.readouterr()
        assert CANARY not in out + err
        return code, out, err

    return run


def refused(outcome: tuple[int, str, str], *words: str) -> None:
    """Asserts that a command ended in exit code 2 and one line that has some words."""
    code, out, err = outcome
    assert (code, out) == (2, "")
    assert err.startswith("vsumlab: ")
    assert err.count("\n") == 1, err
    assert all(word in err for word in words), err


@pytest.fixture
def stranger(tmp_path, monkeypatch) -> Path:
    """A package of a stranger that can be imported, with configuration; the file that it writes then."""
    canary, package = tmp_path / "canary", tmp_path / "modules" / "stranger_pkg"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        f"import pathlib\npathlib.Path({str(canary)!r}).touch()\nfrom vsumlab.methods.csnet import CSNet\n"
        "class Mine(CSNet):\n    name = 'mine'\n    glossary = (('mine', 'What Mine says.'),)\n"
    )
    (package / "evil.yaml").write_text("# @package _global_\nremark: read from elsewhere\n")
    monkeypatch.syspath_prepend(package.parent)
    yield canary
    sys.modules.pop("stranger_pkg", None)


def sweep_of(folder: Path, params: dict[str, str] | None = None, task: tuple[str, ...] = ()) -> Path:
    """A sweep's folder with a run, and a plan of others."""
    made_run(folder / "run", {"csnet": 0.4}, overrides=("seed=7",))
    content = {"hydra": {"sweeper": {"params": params or {}}, "overrides": {"task": list(task)}}}
    (folder / "multirun.yaml").write_text(yaml.safe_dump(content))
    return folder


@pytest.mark.parametrize(
    ("params", "task", "word"),
    [
        ({}, ("hydra.searchpath=[pkg://stranger_pkg]", "+evil=x"), "Hydra's own"),
        ({"hydra.searchpath": "[pkg://stranger_pkg]"}, (), "Hydra's own"),
        ({}, ("++hydra/launcher=evil",), "Hydra's own"),
        ({}, ("experiment=../../../evil",), "another folder"),
        ({}, ("experiment=/tmp/evil",), "another folder"),
        ({}, ("+method@a.b=../../../evil",), "another folder"),
        ({}, ("remark=${oc.env:WANDB_API_KEY}",), "no resolver"),
        ({"remark": "${oc.env:WANDB_API_KEY}"}, (), "no resolver"),
        ({}, ("+a={b: '${oc.decode:${oc.env:WANDB_API_KEY}}'}",), "no resolver"),
        ({"seed": "range(0,1000000000000)"}, (), "at most"),
        ({"seed": "range(0,1,0)"}, (), "multirun.yaml"),
        ({"seed": "range(0,1,1e-30)"}, (), "at most"),
        (
            dict.fromkeys(("seed", "fold", "batch_size", "workers", "threads"), "range(0,100)"),
            (),
            "at most",
        ),
        ({"seed": "shuffle(range(0,1000000000000))"}, (), "at most"),
        ({"seed": "[" * 3000}, (), "multirun.yaml"),
        ({}, ("nonsense=1",), "nonsense"),
        ({}, ("data=[]",), "multirun.yaml"),
        ({}, ("name=${nothing}",), "multirun.yaml"),
        ({}, ("~data",), "data.name"),
        ({}, ("data.name=[1]",), "data.name"),
        ({"seed": ["a"]}, (), "something else"),
    ],
)
def test_a_sweep_plans_nothing_foreign_and_has_an_end(call, stranger, tmp_path, params, task, word) -> None:
    folder = sweep_of(tmp_path / "sweep", params, task)
    refused(call(report_main, folder), str(folder), word)
    assert not stranger.exists()


def test_a_reference_in_a_configuration_stays_text(call, tmp_path) -> None:
    for number in (0, 1):
        made_run(tmp_path / f"{number}", {"csnet": 0.4}, seed=number)
        file = tmp_path / f"{number}" / "config.yaml"
        config = yaml.safe_load(file.read_text())
        file.write_text(yaml.safe_dump(config | {"rate": "${oc.env:WANDB_API_KEY}" if number else "1"}))
    code, out, _ = call(report_main, tmp_path)
    assert code == 0
    assert "${oc.env:WANDB_API_KEY}" in out


def test_a_strangers_method_is_loaded_only_if_it_is_trusted(call, stranger, demo_run, tmp_path) -> None:
    run = shutil.copytree(demo_run, tmp_path / "run")
    for file in (run / "config.yaml", *run.glob("fold_*/config.yaml")):
        text = file.read_text().replace("vsumlab.methods.csnet.CSNet", "stranger_pkg.Mine")
        file.write_text(text)
    page = tmp_path / "page.html"
    with pytest.raises(UserError, match=r"config\.yaml: names 'stranger_pkg\.Mine'"):
        vsumlab.load(run, fold=0)
    refused(call(repeat_main, run), str(run), "stranger_pkg.Mine", "--trust stranger_pkg")
    assert call(report_main, run, "-o", page)[0] == 0
    assert not stranger.exists()
    assert "stranger_pkg" not in sys.modules
    assert vsumlab.load(run, fold=0, trust=["stranger_pkg"]).name == "mine"
    assert stranger.exists()


def test_repeating_makes_nothing_that_is_not_ours(call, stranger, demo_run, tmp_path) -> None:
    run = shutil.copytree(demo_run, tmp_path / "run")
    original = yaml.safe_load((run / "config.yaml").read_text())
    evil = {"_target_": "stranger_pkg.Mine"}
    for changes in (
        {"callbacks": {"more": evil}},
        {"trainer": original["trainer"] | {"plugins": [evil]}},
        {"logger": {"_target_": "os.system", "command": f"touch {stranger}"}},
        {"data": original["data"] | {"make": evil | {"_partial_": True}}},
        {"trust": ["stranger_pkg"], "method": evil},
        {"remark": "${oc.env:WANDB_API_KEY}"},
    ):
        (run / "config.yaml").write_text(yaml.safe_dump(original | changes))
        refused(call(repeat_main, run), str(run / "config.yaml"))
        assert not stranger.exists()
        assert not list(run.glob("repeated*"))


def of(number: int) -> dict:
    return {"data": {"name": "tvsum"}, "setting": {"name": "canonical"}, "x": number}


def test_what_names_hold_does_nothing_where_it_is_shown(call, tmp_path) -> None:
    runs = tmp_path / "runs"
    for number, scorer in enumerate((ODD, "=cmd()", "@sum")):
        said = {"name": f"=1+1{ODD}", "command": f"`{ODD}`", "remarks": [ODD, "a\nb"]}
        made_run(
            runs / f"{number}",
            {scorer: 0.4},
            seed=number,
            overrides=(f"x='{ODD}'",),
            config=of(number),
            **said,
        )
    made_run(runs / "failed", {}, status="failed", error=f"{ODD}\nmore")
    code, out, err = call(report_main, runs)
    assert code == 0, err
    shown = {"": out}
    for suffix in (".md", ".html", ".csv"):
        assert call(report_main, runs, "-o", tmp_path / f"page{suffix}")[0] == 0
        shown[suffix] = (tmp_path / f"page{suffix}").read_text()
    for suffix, text in shown.items():
        assert not {"\x1b", "\x07", "\u202e"} & {*text}, suffix
        assert "alert(1)" in text
    assert "<script>alert" not in shown[".html"]
    assert "<script>alert" not in shown[".md"].replace("\\<", "")
    cells = [cell for row in csv.reader(shown[".csv"].splitlines()) for cell in row]
    assert any("cmd()" in cell for cell in cells)
    for cell in cells:
        assert not cell.startswith(("=", "@", "+")), cell


def test_a_link_in_a_run_folder_brings_no_file_from_elsewhere(call, tmp_path) -> None:
    (tmp_path / "secret.svg").write_text(CANARY)
    run = tmp_path / "run"
    made_run(run, {"ours": 0.4})
    for fold, target in ((0, tmp_path / "secret.svg"), (1, run / "own.svg")):
        (run / f"fold_{fold}" / "figures").mkdir(parents=True)
        (run / f"fold_{fold}" / "figures" / f"video_{fold}.svg").symlink_to(target)
    (run / "own.svg").write_text("<svg/>")
    assert call(report_main, run, "-o", tmp_path / "page.html")[0] == 0
    page = (tmp_path / "page.html").read_text()
    assert "video_1" in page
    assert "YzBmZmVl" not in page, "the secret in base64"


@pytest.mark.parametrize(
    "arguments",
    [
        ("+logger.api_key={}",),
        ("logger=wandb", "+logger.key={}"),
        ("-m", "+logger.api_key={}", "seed=0,1"),
        ("-m", "seed=0,1", "+logger.settings={{api_key:{}}}"),
    ],
)
def test_a_key_in_a_command_is_refused_before_anything_is_written(
    command, tiny, capsys, tmp_path, arguments
) -> None:
    asked = [each.format(CANARY) for each in arguments]
    code = command(*asked[:1], *tiny, *asked[1:])
    out, err = capsys.readouterr()
    assert code == 2
    assert "WANDB_API_KEY in the environment" in err
    assert CANARY not in out + err
    assert not [file for file in tmp_path.rglob("*") if file.is_file()]


def test_the_key_of_the_environment_is_in_no_file_of_a_run(command, monkeypatch, tiny, tmp_path) -> None:
    monkeypatch.setenv("WANDB_API_KEY", CANARY)
    monkeypatch.setenv("WANDB_SILENT", "true")
    assert (
        command(*tiny, "setting.n_folds=2", "logger=wandb", "logger.offline=true", "hydra.run.dir=run") == 0
    )
    files = [file for file in (tmp_path / "run").rglob("*") if file.is_file()]
    assert {"run.json", "config.yaml", "overrides.yaml", "run.log", "last.ckpt"} <= {
        file.name for file in files
    }
    for file in files:
        assert CANARY.encode() not in file.read_bytes(), file
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert {*record["checkpoints"]} == {"0", "1"}
