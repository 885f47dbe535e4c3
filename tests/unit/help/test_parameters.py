"""What each hyper-parameter of a method is."""

import subprocess
import sys

import pytest
from omegaconf import OmegaConf
from support.methods import METHOD_FILES, made_method, method_config

from vsumlab.help.docstrings import entries
from vsumlab.help.parameters import explanations, list_parameters, shown, source_file
from vsumlab.methods.registry import methods


@pytest.mark.parametrize("name", METHOD_FILES)
def test_every_hyperparameter_is_explained_as_in_its_dataclass(name) -> None:
    config = method_config(f"method={name}").method
    found = explanations(config._target_)
    imported = entries(type(made_method(f"method={name}").hyperparameters).__doc__ or "")
    values = OmegaConf.to_container(config)
    assert isinstance(values, dict)
    assert values.keys() - {"_target_"}
    for each in values.keys() - {"_target_"}:
        assert len(found[each].split()) > 2, each
        assert found[each] == imported[each]
        assert f"  method.{each}={shown(values[each])}\n      {found[each][:20]}" in list_parameters(config)


def test_every_method_of_the_registry_has_a_file_above() -> None:
    targets = {type(made_method(f"method={name}")) for name in METHOD_FILES}
    assert targets == set(methods().values())


def test_nothing_is_imported() -> None:
    code = (
        "import sys; from vsumlab.help.parameters import explanations\n"
        "assert explanations('vsumlab.methods.csnet.CSNet')['sparsity']\n"
        "print([name for name in sys.modules if name in ('torch', 'vsumlab.methods')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module of one's own."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> str:
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    return write


OWN = '''raise ImportError("not to be imported")

class Mine:
    """Scores.

    Args:
        feature_dim: D.
        price: In $, of {a} thing.
    """
'''


def test_a_method_of_ones_own_is_explained_by_its_class(module) -> None:
    name = module("made_up_method", OWN)
    assert explanations(f"{name}.Mine") == {"feature_dim": "D.", "price": "In $, of {a} thing."}
    node = OmegaConf.create(
        {"_target_": f"{name}.Mine", "price": 1e-8, "plain": None, "of": "${oc.env:HOME}"},
    )
    assert list_parameters(node).splitlines() == [
        "  method.price=1e-08",
        "      In $$, of {a} thing.",
        "  method.plain=null",
        "  method.of=$${oc.env:HOME}",
    ]


@pytest.mark.parametrize("text", ["class Mine(:", "\0", "class Other: pass"])
def test_a_module_that_says_nothing_explains_nothing(module, text) -> None:
    name = module(f"made_up_{len(text)}", text)
    assert explanations(f"{name}.Mine") == {}


@pytest.mark.parametrize(
    "target", ["", "Mine", "nowhere.Mine", "sys.Mine", "__main__.Mine", "torch.no.Such", "a..b"]
)
def test_a_target_that_cannot_be_read_explains_nothing(target) -> None:
    assert explanations(target) == {}


def test_the_source_of_a_module_is_the_file_it_is_imported_from() -> None:
    for name in ("vsumlab", "vsumlab.methods.csnet", "vsumlab.methods.csnet.hyperparameters", "typing"):
        __import__(name)
        assert str(source_file(name)) == sys.modules[name].__file__
    assert source_file("typing.inner") is None
