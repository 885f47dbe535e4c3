"""Configurations of earlier versions, as this one would have them."""

import pkgutil

import pytest
import yaml
from support.run_folders import EARLIER

from vsumlab.config import compose_config, flat, flattened
from vsumlab.report.naming import compared
from vsumlab.runs.earlier_versions import ASSUMED, ASSUMED_OF, MOVED, NEW, RENAMED, method_name, modernized


def targets(config: dict) -> dict[str, str]:
    return {name: value for name, value in config.items() if name.endswith("_target_")}


@pytest.mark.parametrize(
    "target", sorted({*MOVED.values(), *ASSUMED_OF, *(each for each in ASSUMED.values() if each)})
)
def test_what_an_old_target_is_now_can_be_built(target) -> None:
    assert callable(pkgutil.resolve_name(target))


@pytest.mark.parametrize("target", sorted(MOVED))
def test_a_target_that_moved_is_not_there_any_more(target) -> None:
    """Else a configuration of today could name it and be taken for another."""
    with pytest.raises((ImportError, AttributeError)):
        pkgutil.resolve_name(target)


def test_an_earlier_configuration_is_todays_but_for_what_changes_no_figure() -> None:
    before = modernized(dict(flat(yaml.safe_load(EARLIER))))
    today = flattened(compose_config(["experiment=csnet_canonical", "method=csnet_unscaled", "data=tvsum"]))
    names = {name for name in before.keys() | today.keys() if compared(name, today)}
    differ = {name for name in names if before.get(name) != today.get(name)}
    assert differ == {"method_name"}, "which `method_name` tells"
    assert targets(before).items() <= targets(today).items(), "and all its targets can be built"


@pytest.mark.parametrize(
    "overrides", [("data=tvsum",), ("data=demo", "method=contrastive", "setting=transfer")]
)
def test_a_configuration_of_today_stays_as_it_is(overrides) -> None:
    today = flattened(compose_config(overrides))
    assert modernized(today) == today


def test_new_entries_are_entries_of_today_and_make_no_row() -> None:
    demo = flattened(compose_config(["data=demo", "setting=youtube8m"]))
    assert set(NEW) <= demo.keys()
    assert not any(compared(name, demo) for name in NEW if name != "method_name")


def test_what_the_first_versions_did_without_saying_so_is_said() -> None:
    found = modernized({"method._target_": "vsumlab.methods.contrastive.Contrastive"})
    today = flattened(compose_config(["selection=last"]))
    assert found["selection._target_"] == today["selection._target_"]
    assert (found["method.normalize_training"], found["method.normalize_testing"]) == (True, True)
    assert "method.normalize_training" not in modernized({"method._target_": "vsumlab.methods.csnet.CSNet"})
    other = {"method._target_": "vsumlab.methods.contrastive.Contrastive", "method.normalize_testing": False}
    assert modernized(other)["method.normalize_testing"] is False


@pytest.mark.parametrize("said", [(), ("trainer.precision=32-true",), ("trainer.precision=32",)])
def test_a_run_that_says_no_precision_is_one_in_float32(said) -> None:
    today = flattened(compose_config(["data=tvsum"]))
    assert modernized(flattened(compose_config(["data=tvsum", *said]))) == today
    earlier = {name: value for name, value in today.items() if name not in ("trainer.precision", "compile")}
    assert modernized(earlier) | {"compile": False} == today


def test_precision_may_be_added_as_earlier_commands_did() -> None:
    added, plain = (
        compose_config([f"{plus}trainer.precision=bf16-mixed"]).trainer.precision for plus in ("+", "")
    )
    assert added == plain == "bf16-mixed"


@pytest.mark.parametrize("name", sorted(RENAMED))
def test_a_file_of_a_method_that_says_something_else_now_has_another_name(name) -> None:
    renamed, said = RENAMED[name]
    was = flattened(compose_config([f"method={renamed}"]))
    assert said.items() <= was.items()
    for lacking in (set(), said.keys(), ASSUMED_OF[was["method._target_"]].keys()):
        earlier = {entry: value for entry, value in was.items() if entry not in lacking}
        assert modernized(earlier | {"method_name": name}) == was
    today = flattened(compose_config([f"method={name}"]))
    assert modernized(today) == today != was


@pytest.mark.parametrize(
    ("config", "overrides", "name"),
    [
        ({"method_name": "mine"}, ["method=csnet"], "mine"),
        ({"method._target_": "vsumlab.methods.csnet.CSNet"}, ["fold=0"], "csnet"),
        ({"method._target_": "vsumlab.methods.contrastive.Contrastive"}, [], "contrastive"),
        (
            {"method._target_": "vsumlab.methods.contrastive.Contrastive"},
            ["method=contrastive", "method=contrastive_paper", "method.refine=false"],
            "contrastive_paper",
        ),
        ({}, [], "unknown"),
    ],
)
def test_a_methods_file_is_told_by_what_was_chosen_or_else_by_its_class(config, overrides, name) -> None:
    assert method_name(config, overrides) == name
