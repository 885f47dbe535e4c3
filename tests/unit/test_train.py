"""The parts of one fold's training that a whole run does not show: what several processes have to know."""

import pytest
import torch
from omegaconf import OmegaConf
from pytorch_lightning.strategies import DDPStrategy
from support.methods import VARIANTS, made_variant
from support.stepping import Stepping

from vsumlab.callbacks.continuation import Clock, Continuation
from vsumlab.callbacks.selection import Last
from vsumlab.runs.record import Origin
from vsumlab.train import accelerator, build_trainer, denormals_as_zero, strategy

FIND = {"strategy": "ddp_find_unused_parameters_true"}


class LeavingOut(Stepping):
    """Says that its backward passes leave parameters out."""

    find_unused_parameters = True


@pytest.mark.parametrize(
    ("trainer", "expected"),
    [
        ({"devices": 1}, {}),
        ({"devices": 1, "strategy": "ddp"}, {}),
        ({"devices": 2}, FIND),
        ({"devices": 2, "strategy": "auto"}, FIND),
        ({"devices": 2, "strategy": "ddp"}, FIND),
        ({"devices": "auto", "strategy": "ddp"}, FIND),
        ({"devices": 1, "num_nodes": 2}, FIND),
        ({"devices": 2, "strategy": "fsdp"}, {}),
        ({"devices": 2, "strategy": "ddp_spawn"}, {}),
    ],
)
def test_several_processes_look_for_unused_parameters_where_a_method_has_some(trainer, expected) -> None:
    assert strategy(OmegaConf.create(trainer), LeavingOut(8)) == expected
    assert strategy(OmegaConf.create(trainer), Stepping(8)) == {}, "one that has none needs nothing"


@pytest.mark.parametrize(("name", "switch"), VARIANTS)
def test_it_is_the_method_that_says_so(name, switch) -> None:
    method = made_variant(name, switch)
    expected = FIND if method.find_unused_parameters else {}
    assert strategy(OmegaConf.create({"devices": 2}), method) == expected


@pytest.mark.parametrize("plain", [("trainer.devices=2",), ("trainer=ddp", "trainer.accelerator=cpu")])
@pytest.mark.parametrize("kind", [Stepping, LeavingOut])
def test_the_trainer_of_several_processes_is_made_for_the_method(composed, tmp_path, plain, kind) -> None:
    config = composed("fold=0", "trainer.max_epochs=1", *plain, "trainer.devices=2", run=tmp_path)
    continuation = Continuation(tmp_path, {}, Clock())
    trainer = build_trainer(config, kind(8), Last(), Origin("made", []), continuation)
    assert isinstance(trainer.strategy, DDPStrategy)
    assert trainer.num_devices == 2
    found = trainer.strategy._ddp_kwargs.get("find_unused_parameters", False)
    assert found == kind.find_unused_parameters


@pytest.mark.parametrize(
    ("choice", "there", "taken"),
    [("auto", True, "cuda"), ("auto", False, "cpu"), ("cpu", True, "cpu"), ("gpu", True, "gpu")],
)
def test_the_gpu_is_taken_where_there_is_one(composed, monkeypatch, choice, there, taken) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    trainer = composed(f"trainer={choice}").trainer
    assert {"accelerator": trainer.accelerator, **accelerator(trainer)}["accelerator"] == taken
    assert accelerator(OmegaConf.create({"devices": 1})) == {}


def test_without_a_word_it_is_the_gpu_where_there_is_one(composed) -> None:
    assert composed().trainer.accelerator == "auto"


def test_numbers_too_small_to_matter_are_zero_for_a_while() -> None:
    def kept() -> bool:
        return bool((torch.full((8,), 1e-30) * 1e-10).any())

    assert kept()
    with denormals_as_zero():
        assert not kept()
        with denormals_as_zero():
            assert not kept()
        assert not kept()
        assert (torch.full((8,), 1e-30) * 1e-7).all()
    assert kept()
