"""Names of classes in files: nothing is imported that the user does not trust, which a canary shows."""

import sys

import pytest

from vsumlab.errors import UserError
from vsumlab.methods.csnet import CSNet
from vsumlab.methods.trust import may_be_method, trusted_by_user, trusted_method, trusting


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """A module that can be imported and says so; the file that it then writes."""
    canary = tmp_path / "canary"
    code = "import pathlib\nfrom vsumlab.methods.csnet import CSNet\n"
    code += (
        f"pathlib.Path({str(canary)!r}).touch()\nclass Mine(CSNet):\n    name = 'mine'\n\n\nhello = print\n"
    )
    (tmp_path / "stranger_methods.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    yield canary
    sys.modules.pop("stranger_methods", None)


def test_a_strangers_module_is_not_imported_and_the_line_says_how_to_trust_it(stranger) -> None:
    with pytest.raises(UserError, match=r"run: names 'stranger_methods.Mine'.* trust=\[stranger_methods\]"):
        trusted_method("stranger_methods.Mine", "run")
    assert not stranger.exists()
    assert "stranger_methods" not in sys.modules


@pytest.mark.parametrize("name", ["stranger_methods.Mine", "stranger_methods:Mine"])
@pytest.mark.parametrize("trusted", [["stranger_methods"], ["stranger_methods.Mine"], "stranger_methods"])
def test_what_the_user_trusts_is_imported_in_the_block_alone(stranger, name, trusted) -> None:
    with trusting(trusted):
        assert trusted_method(name, "run").name == "mine"
    assert stranger.exists()
    assert not trusted_by_user(name)


def test_what_is_imported_already_is_found_but_only_if_it_is_a_method(stranger) -> None:
    import stranger_methods

    assert trusted_method("stranger_methods.Mine", "run") is stranger_methods.Mine
    with pytest.raises(UserError, match=r"names 'stranger_methods\.hello'"):
        trusted_method("stranger_methods.hello", "run")


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "vsumlab_evil.Mine", "stranger", "", "..", "a b.c", "x:y:z"],
)
def test_no_other_name_may_be_a_method(name) -> None:
    assert not may_be_method(name)
    with pytest.raises(UserError):
        trusted_method(name, "run")


@pytest.mark.parametrize(
    "name",
    [
        "vsumlab",
        "vsumlab.runs.record.subprocess.check_output",
        "vsumlab.config.pkgutil.resolve_name",
        "vsumlab.methods.nothing.There",
        "vsumlab.core.timeline.Timeline",
        "vsumlab..methods",
    ],
)
def test_a_name_in_the_package_that_is_no_method_is_refused(name) -> None:
    with pytest.raises(UserError, match=r"no method|cannot be imported"):
        trusted_method(name, "run")


def test_the_packages_own_methods_are_found() -> None:
    assert trusted_method("vsumlab.methods.csnet.CSNet", "run") is CSNet
