"""What a result depends on besides its configuration."""

import hashlib
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hydra.core.hydra_config import HydraConfig

from vsumlab.config import compose_config
from vsumlab.runs.record import (
    Origin,
    environment,
    file_record,
    git_state,
    method_files,
    sources,
    this_process,
)


def git(checkout: Path, *arguments: str) -> str:
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org")
    command = ["git", "-C", str(checkout), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout of a package of one file, with configuration and a page beside it."""
    for name in ("vsumlab/__init__.py", "conf/config.yaml", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one\n")
    (tmp_path / ".gitignore").write_text("*.pyc\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    return tmp_path


def test_a_clean_checkout_is_at_its_commit(checkout) -> None:
    commit = git(checkout, "rev-parse", "HEAD")
    assert git_state(checkout) == {"commit": commit, "dirty": False, "changes": None}


@pytest.mark.parametrize("file", ["README.md", "experiments/new.csv", "vsumlab/__init__.pyc"])
def test_what_figures_do_not_depend_on_is_no_change(checkout, file) -> None:
    (checkout / file).parent.mkdir(exist_ok=True)
    (checkout / file).write_text("other\n")
    assert git_state(checkout)["dirty"] is False
    assert git_state(checkout)["changes"] is None


@pytest.mark.parametrize(
    "file", ["vsumlab/__init__.py", "vsumlab/new.py", "conf/config.yaml", "conf/method/new.yaml"]
)
def test_changes_have_a_checksum_of_their_own(checkout, file) -> None:
    """Of what is changed or new, staged or not: the same changes the same one, other changes another."""
    (checkout / file).parent.mkdir(exist_ok=True)
    found = []
    for content in ("two\n", "three\n", "two\n"):
        (checkout / file).write_text(content)
        state = git_state(checkout)
        assert state["dirty"] is True
        assert state["commit"] == git(checkout, "rev-parse", "HEAD")
        found.append(state["changes"])
    assert found[0] == found[2] != found[1]
    assert all(len(each) == 64 for each in found)


def test_a_file_that_is_gone_is_a_change(checkout) -> None:
    (checkout / "conf" / "config.yaml").unlink()
    state = git_state(checkout)
    assert state["dirty"] is True
    (checkout / "conf" / "config.yaml").write_text("")
    assert git_state(checkout)["changes"] != state["changes"]


def test_an_installed_package_has_no_commit(checkout, tmp_path_factory) -> None:
    """Nor one that lies in somebody else's checkout, as a wheel in a virtual environment does."""
    nothing = {"commit": None, "dirty": None, "changes": None}
    assert git_state(tmp_path_factory.mktemp("installed")) == nothing
    inside = checkout / "venv" / "site-packages"
    (inside / "vsumlab").mkdir(parents=True)
    (inside / "vsumlab" / "__init__.py").touch()
    assert git_state(inside) == nothing


def test_changes_are_those_of_method_and_training() -> None:
    training = ["method=csnet", "method.sparsity=0.9", "+trainer.limit_train_batches=2", "setting.n_folds=3"]
    other = ["experiment=csnet_m", "fold=0", "seed=1", "data=tvsum", "trainer=ddp", "~logger"]
    assert Origin("", [*other, *training, "batch_size=8"]).changes == [*training, "batch_size=8"]


@pytest.mark.parametrize(
    ("started", "command"),
    [
        (["/usr/bin/python3", "-m", "vsumlab.run", "name=a b"], "python3 -m vsumlab.run 'name=a b'"),
        (["/usr/bin/python3", "/home/me/.venv/bin/vsumlab", "run", "fold=0"], "vsumlab run fold=0"),
        (["python"], "python"),
    ],
)
def test_a_command_names_nothing_of_the_machine(monkeypatch, started, command) -> None:
    monkeypatch.setattr(sys, "orig_argv", started)
    monkeypatch.setattr(HydraConfig.instance(), "cfg", None)
    assert this_process() == Origin(command, [])


def test_a_record_says_how_a_run_came_about() -> None:
    found = environment(Origin("the command", ["fold=0"]))
    assert (found["command"], found["overrides"]) == ("the command", ["fold=0"])
    assert found["working_directory"] == str(Path.cwd())
    assert found["versions"]["python"] == platform.python_version()
    assert found["versions"]["torch"] == torch.__version__
    assert found["machine"]["torch_threads"] == torch.get_num_threads()
    assert found["git"].keys() == {"commit", "dirty", "changes"}


def test_a_file_is_recorded_by_its_content(tmp_path) -> None:
    (tmp_path / "videos.h5").write_bytes(b"content")
    expected = hashlib.sha256(b"content").hexdigest()
    assert file_record(tmp_path / "videos.h5") == {"file": f"{tmp_path}/videos.h5", "sha256": expected}


def test_sources_are_of_classes_that_are_neither_ours_nor_installed(tmp_path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "own_for_record.py"
    file.write_text("class Mine: pass\n")
    config = compose_config(["method._target_=own_for_record.Mine"])
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    assert sources(config) == {"own_for_record.Mine": {"file": str(file), "sha256": expected}}
    assert sources(compose_config()) == {}, "vsumlab's own, Lightning's and Hydra's"


def test_files_of_a_method_are_those_that_it_names_and_that_are_there(tmp_path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "run.json").write_text("{}")
    (tmp_path / "mine.npy").write_text("1")
    names = (f"method.direction={tmp_path}/mine.npy", f"method.base={tmp_path}/base")
    assert method_files(compose_config(["method=consensus", *names])) == {
        "method.direction": tmp_path / "mine.npy",
        "method.base": tmp_path / "base" / "run.json",
    }
    assert method_files(compose_config(["method=consensus", "method.direction=efficientnet_lite0"])) == {}
