"""Absurd and wrongly typed values end in one line, before anything is made."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf
from support.methods import METHOD_FILES, method_config
from support.refused import REFUSED

from vsumlab.checks import (
    CPUS,
    ON_THE_CPU,
    check_choices,
    check_name,
    check_paths,
    check_processes,
    check_room,
    check_run,
    check_texts,
    enough_memory,
)
from vsumlab.config import build, compose_config
from vsumlab.errors import UserError


@cache
def whole(demo: Path) -> DictConfig:
    """A composed configuration, to be copied."""
    return compose_config([f"paths.data={demo}", "trainer=cpu", "trainer.max_epochs=1", "fold=0"])


def overridden(config: DictConfig, *overrides: str) -> DictConfig:
    """A copy of a configuration as a command line would have it, without composing it again."""
    copy = OmegaConf.create(OmegaConf.to_container(config))
    for each in OverridesParser.create().parse_overrides(list(overrides)):
        OmegaConf.update(copy, each.key_or_group, each.value(), force_add=True)
    return copy


@pytest.mark.parametrize(("override", "said"), REFUSED, ids=lambda text: text[:40])
def test_an_absurd_value_is_refused_in_one_line(override, said, demo_folder, tmp_path, monkeypatch) -> None:
    from vsumlab.run import run_alone

    monkeypatch.delenv("MASTER_ADDR", raising=False)
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    config = overridden(whole(demo_folder), f"paths.run={tmp_path / 'run'}", override)
    with pytest.raises(UserError) as refused:
        run_alone(config)
    assert said in str(refused.value)
    assert override.partition("=")[0].partition(".")[2] in str(refused.value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 400
    assert not list(tmp_path.rglob("run.json"))


def test_what_makes_sense_is_taken(demo_folder) -> None:
    good = ("seed=4294967295", "name=mine", "remark=''", "workers=64", "folds_at_once=8", "threads=64")
    check_run(overridden(whole(demo_folder), *good, "paths.run=null", "training_videos=null", "fold=all"))
    check_run(overridden(whole(demo_folder), "callbacks={}", "trainer.gradient_clip_val=null"))


@pytest.mark.parametrize("entry", ["fold", "callbacks", "trainer", "paths", "method", "remark"])
def test_an_entry_that_was_taken_out_is_named(entry, demo_folder) -> None:
    config = overridden(whole(demo_folder))
    del config[entry]
    with pytest.raises(UserError, match=rf"^{entry}.*: is missing: leave out what removes it, ~{entry}$"):
        check_run(config)


def test_a_method_that_does_not_say_how_long_it_is_trained_learns_where_to(demo_folder) -> None:
    config = overridden(whole(demo_folder))
    config.trainer.max_epochs = "???"  # as in conf/trainer/auto.yaml
    said = r"^trainer.max_epochs: is missing: set it in the method's file, to 1 if it does not learn$"
    with pytest.raises(UserError, match=said):
        check_run(config)
    del config.trainer["max_epochs"]
    with pytest.raises(
        UserError, match=r"^trainer.max_epochs: is missing: leave out what removes it, ~trainer$"
    ):
        check_run(config)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a/b", "without / and .."),
        ("..", "without / and .."),
        ("/x", "without / and .."),
        (".", "without / and .."),
        ("", "without / and .."),
        ("${x}", "as a reference"),
        ("a\0b", "on one line"),
        (None, "expected text"),
        ("é" * 101, "at most 200 bytes"),
    ],
)
def test_a_name_is_no_path_and_no_reference(name, said) -> None:
    with pytest.raises(UserError, match=said):
        check_name(name)
    check_name("mine, 2.5 $")
    check_name("é" * 100)


def test_text_and_paths() -> None:
    check_texts({"a": "", "b": "é x"}, "a", "b")
    check_paths({"a": "/x/../y", "b": f"{'x' * 255}/{'x' * 255}"}, "a", "b")
    for value in (5, None, True, [], "a\0b", "", "a/" + "é" * 128):
        with pytest.raises(UserError, match=r"^data\.a="):
            check_paths({"a": value}, "a", prefix="data.")


NO_FILES = ["trainer=null", "data=5", "+experiment=null", "callbacks=[]", "method={a: 1}"]


@pytest.mark.parametrize("override", NO_FILES)
def test_a_choice_that_names_no_file_is_named(override) -> None:
    group = override.lstrip("+").partition("=")[0]
    with pytest.raises(UserError, match=rf"^{group}=.*: expected a file of conf/{group}, by its name$"):
        check_choices(["-m", "seed=1,2", override])
    check_choices(["trainer=cpu", "data=[tvsum]", "method=csnet,consensus", "method.divisions=null"])


def test_a_sweep_over_a_choice_that_names_no_file_is_named_too() -> None:
    with pytest.raises(UserError, match=r"^trainer=null"):
        check_choices(["trainer=cpu,null"])


def test_processes_on_the_cpu_are_as_many_as_there_is_room_for() -> None:
    assert max(2, CPUS) <= ON_THE_CPU
    for devices in (1, 2, ON_THE_CPU, "2", "auto"):
        check_processes({"devices": devices}, on_the_cpu=True)
    with pytest.raises(UserError, match=r"trainer\.devices"):
        check_processes({"devices": ON_THE_CPU + 1}, on_the_cpu=True)
    for devices in (64, -1, [0, 1], "auto"):
        check_processes({"devices": devices}, on_the_cpu=False), "Lightning counts GPUs"


def test_other_computers_have_to_be_found(monkeypatch) -> None:
    monkeypatch.setenv("MASTER_ADDR", "10.0.0.1")
    check_processes({"devices": 1, "num_nodes": 2}, on_the_cpu=True)


@pytest.mark.parametrize("entry", ["method=csnet method.hidden_size", "method=sum_fcn method.hidden_size"])
def test_a_method_that_memory_does_not_hold_is_refused_without_taking_any(entry) -> None:
    choice, size = entry.split()
    with pytest.raises(UserError, match=r"^method: its parameters take \d+ GiB, and here are \d+: "):
        check_room(method_config(choice, f"{size}=1000000").method, 1024)
    check_room(method_config(choice).method, 1024)


def test_what_cannot_be_counted_is_built_in_earnest() -> None:
    check_room(OmegaConf.create({"_target_": "nope.X"}), 8)


def test_training_that_memory_does_not_hold_is_one_line() -> None:
    with pytest.raises(UserError, match=r"^not enough memory \(.*: lower batch_size"), enough_memory():
        torch.empty(10**15)
    with pytest.raises(RuntimeError, match="mine"), enough_memory():
        raise RuntimeError("mine")


ABSURD = (float("nan"), float("inf"), -1, 0, 1e300, 10**30, 10**6, True, "x", "", [], {}, None)
"""What no hyper-parameter should be surprised by."""


def hyperparameters() -> list[tuple[str, str]]:
    """Every hyper-parameter of every class, with a file of `conf/method` that has it."""
    found = {}
    for file in METHOD_FILES:
        own = method_config(f"method={file}").method
        for name in own:
            if name != "_target_":
                found.setdefault((own._target_, name), file)
    return [(file, str(name)) for (_, name), file in found.items()]


def is_taken(node: DictConfig) -> bool:
    """Whether a method is built, on torch's `meta` device, where no memory is taken and nothing is drawn."""
    try:
        with torch.device("meta"):
            build(node, feature_dim=8)
    except UserError as error:
        return not (str(error).startswith("method.") and str(error).isprintable())
    return True


SLOW = [file for file in METHOD_FILES if file not in ("ridge", "vasnet")]


@pytest.mark.parametrize(
    "file", [pytest.param(file, marks=pytest.mark.slow if file in SLOW else ()) for file in METHOD_FILES]
)
def test_every_hyperparameter_takes_an_absurd_value_or_refuses_it_in_one_line(file) -> None:
    own = method_config(f"method={file}").method
    for name in [name for of_file, name in hyperparameters() if of_file == file]:
        for value in ABSURD:
            node = OmegaConf.create({**OmegaConf.to_container(own), name: value})
            assert not is_taken(node) or acceptable(own[name], value), f"method.{name}={value}"


def acceptable(default: Any, value: Any) -> bool:
    """Whether a value is one that a hyper-parameter with such a default may be."""
    if default is None or isinstance(default, str):  # a file, or a choice
        return value is None or (isinstance(value, str) and value != "")
    if isinstance(default, bool):
        return isinstance(value, bool)
    return type(value) in (int, float) and 0 <= value <= 1e30
