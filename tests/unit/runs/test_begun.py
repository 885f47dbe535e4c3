"""An unfinished run by its folder: what it was begun with, unless that would run a stranger's code."""

from pathlib import Path

import pytest

from vsumlab.errors import UserError
from vsumlab.runs.begun import begun_with
from vsumlab.runs.folder import write_record


def begin(run: Path, overrides: str) -> Path:
    """Leaves what Hydra leaves where a run begins."""
    (run / ".hydra").mkdir(parents=True)
    (run / ".hydra" / "overrides.yaml").write_text(overrides)
    return run


def test_a_run_is_gone_on_with_by_what_it_was_begun_with(tmp_path) -> None:
    run = begin(tmp_path / "run", "- experiment=csnet_canonical\n- seed=1\n- logger.name='a b'\n")
    assert begun_with(run) == ["experiment=csnet_canonical", "seed=1", "logger.name='a b'"]
    assert begun_with(begin(tmp_path / "plain", "[]\n")) == []


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        ("- hydra.searchpath=[pkg://canary]\n", "hydra.searchpath"),
        ("- +method._target_=os.system\n", "os.system"),
        ("- method._target_=canary_module.Evil\n", "canary_module.Evil"),
        ("- '+callbacks.evil={_target_: canary_module.Evil}'\n", "canary_module.Evil"),
        ("- '+callbacks.evil=[{a: {_target_: canary_module.Evil}}]'\n", "canary_module.Evil"),
        ("- +callbacks.evil._target_=vsumlab.runs.record.subprocess.run\n", "subprocess"),
        ("- remark=${oc.env:HOME}\n", "oc.env"),
        ("- logger.save_dir=/elsewhere\n", "logger.save_dir"),
        ("{a: b}\n", "holds no overrides"),
        ("- 5\n", "holds no overrides"),
        ("- seed=[\n", "overrides.yaml"),
        ("- [\n", "is no YAML"),
        ("\0", "is no YAML"),
    ],
)
def test_what_is_no_command_of_this_package_is_refused(tmp_path, monkeypatch, overrides, says) -> None:
    (tmp_path / "canary_module.py").write_text("import os\nos.mkdir('canary')\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    run = begin(tmp_path / "run", overrides)
    with pytest.raises(UserError, match=says) as error:
        begun_with(run)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "canary").exists(), "nothing of it ran"


def test_only_an_unfinished_run_goes_on(tmp_path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        begun_with(tmp_path / "none")
    run = begin(tmp_path / "run", "[]\n")
    write_record(run / "run.json", {"status": "done"})
    with pytest.raises(UserError, match="is finished"):
        begun_with(run)
    with pytest.raises(UserError, match=r"overrides.yaml is missing"):
        begun_with(tmp_path)
