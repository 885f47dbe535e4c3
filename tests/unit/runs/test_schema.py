"""What a run folder holds: each entry as a run writes it, or a line that names it."""

import json

import pytest
from support.run_folders import made_run

from vsumlab.runs.schema import (
    NEEDED,
    RECORD,
    check_config,
    check_overrides,
    check_record,
)


@pytest.fixture
def record(tmp_path) -> dict:
    made_run(tmp_path, {"ours": 0.4}, overrides=("x=1",))
    return json.loads((tmp_path / "run.json").read_text())


ODD = (None, "", -1, 1e400, [], {}, [{}], {"sha256": 1}, "x\x1b", True, object())


def test_each_entry_that_is_needed_is_asked_for(record) -> None:
    check_record(record)
    for name in ("status", *NEEDED):
        without = {each: value for each, value in record.items() if each != name}
        if name != "status":
            with pytest.raises(ValueError, match=f"run.json has no {name}"):
                check_record(without)


@pytest.mark.parametrize("name", RECORD)
def test_an_entry_that_is_something_else_is_named(record, name) -> None:
    refused = 0
    for odd in ODD:
        if not RECORD[name].fits(odd):
            refused += 1
            with pytest.raises(ValueError, match=rf"run.json: {name}: |run.json has no"):
                check_record(record | {name: odd})
    assert refused >= 1


@pytest.mark.parametrize("content", [[], "a", None, 1])
def test_a_record_has_entries(content) -> None:
    with pytest.raises(ValueError, match="no entries by name"):
        check_record(content)


@pytest.mark.parametrize("override", ["a=/[", "a=/" + "[" * 3000, "x" * 6000, "a=b/{c"])
def test_overrides_that_hydra_cannot_read_are_refused(override) -> None:
    with pytest.raises(ValueError, match="overrides: "):
        check_overrides([override])
    check_overrides(["a=b/c", "data=tvsum"])
    with pytest.raises(ValueError, match="more than"):
        check_overrides(["a=1"] * 1001)


def test_a_configuration_says_what_is_run_on_what() -> None:
    config = {"data.name": "tvsum", "setting.name": "canonical", "method.rate": 0.1, "a": [1, {"b": 2}]}
    check_config(config)
    for name in ("data.name", "setting.name"):
        with pytest.raises(ValueError, match=f"has no {name}"):
            check_config({each: value for each, value in config.items() if each != name})
        with pytest.raises(ValueError, match=f"{name}: "):
            check_config(config | {name: ["tvsum"]})
    for odd in ({1: 2}, {"a": {3: 4}}, {"a": b"b"}, {"random_draws": "many"}, {"remark": ["a"]}):
        with pytest.raises(ValueError, match=r"config\.yaml: "):
            check_config(config | odd)
