"""JSON and YAML as plain data, whatever is in them."""

import json
import os
import time

import pytest
import yaml
from omegaconf import OmegaConf

from vsumlab.config import compose_config
from vsumlab.core.plain_files import read_json, read_mapping, read_yaml

LAUGHS = "a0: &a0 [lol, lol]\n" + "".join(f"a{i}: &a{i} [{f'*a{i - 1}, ' * 9}]\n" for i in range(1, 30))


def test_a_configuration_is_read_as_omegaconf_reads_it(tmp_path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(OmegaConf.to_yaml(compose_config(["method=contrastive", "data=tvsum"]), resolve=True))
    assert read_yaml(file) == OmegaConf.to_container(OmegaConf.load(file))


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        "a: &a [*a]",
        "[" * 5000,
        "- " * 5000 + "x",
        "{a: " * 100 + "1" + "}" * 100,
        "!!python/object/apply:os.system ['true']",
        "a: [1",
        "a: 1\na: 2",
        "x: " + "y" * 1_000_000,
        "a: \x00",
        b"\xff\xfe\x00",
        "- !!binary é",
        "- !!timestamp x",
    ],
    ids=range(13),
)
def test_no_yaml_takes_long_or_runs_anything(tmp_path, content) -> None:
    file = tmp_path / "config.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    start = time.process_time()
    with pytest.raises(ValueError, match=r"."):
        read_yaml(file)
    assert time.process_time() - start < 2


def test_references_stay_text(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("CANARY", "sings")
    (tmp_path / "a.yaml").write_text(yaml.safe_dump({"a": "${oc.env:CANARY}"}))
    assert read_mapping(tmp_path / "a.yaml") == {"a": "${oc.env:CANARY}"}
    (tmp_path / "a.yaml").write_text("[1]")
    with pytest.raises(ValueError, match="no entries by name"):
        read_mapping(tmp_path / "a.yaml")


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a": NaN}', "{", "", "1" * 5000, '{"a": -Infinity}'])
def test_no_json_ends_in_another_error(tmp_path, content) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(ValueError, match=r"."):
        read_json(tmp_path / "run.json")


def test_what_is_no_file_is_not_waited_for(tmp_path) -> None:
    os.mkfifo(tmp_path / "run.json")
    (tmp_path / "folder").mkdir()
    for name in ("run.json", "folder", "missing"):
        with pytest.raises(OSError, match="missing or is no file"):
            read_json(tmp_path / name)


def test_json_is_read_as_python_reads_it(tmp_path) -> None:
    content = {"a": [1, 2.5, None, True], "b": {"c": "ü"}}
    (tmp_path / "run.json").write_text(json.dumps(content))
    assert read_json(tmp_path / "run.json") == content
    (tmp_path / "run.json").write_text("\ufeff{}", encoding="utf-8")
    assert read_json(tmp_path / "run.json") == {}
