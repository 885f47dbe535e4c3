"""Composing, comparing and building configurations."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf
from omegaconf.errors import ConfigAttributeError
from support import PROJECT

from vsumlab.config import build, changed, compose_config, find_conf, find_groups, flattened, snake_case
from vsumlab.errors import CodeError, UserError


def test_conf_is_found_from_any_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (find_conf() / "config.yaml").is_file()


def test_a_configuration_needs_nothing_of_hydras_afterwards(monkeypatch) -> None:
    monkeypatch.setattr(HydraConfig.instance(), "cfg", None)
    config = compose_config(["experiment=csnet_canonical", "data=tvsum", "paths.run=somewhere"])
    found = flattened(config)
    assert (found["name"], found["method_name"], found["paths.run"]) == (
        "csnet_canonical",
        "csnet",
        "somewhere",
    )
    assert not GlobalHydra.instance().is_initialized()


@pytest.mark.parametrize(
    ("override", "end"),
    [
        ("method.variance_los=none", " (did you mean method.variance_loss=none?)"),
        ("data=tvsam", " (did you mean data=tvsum?)"),
        ("experimnt=csnet_m", " (did you mean experiment=csnet_m?)"),
        ("qqq=1", "use +qqq=1"),
        ("==", ""),
    ],
)
def test_a_misspelt_override_is_one_line(override, end) -> None:
    with pytest.raises(UserError) as error:
        compose_config([override])
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(end)
    assert ("did you mean" in str(error.value)) == ("did you mean" in end)


def test_the_groups_are_those_of_conf() -> None:
    assert {"experiment", "method", "data", "debug"} <= {*find_groups()}
    assert "config" not in find_groups()


def test_a_method_is_called_after_its_class_where_its_file_says_nothing() -> None:
    config = compose_config(["method._target_=my_methods.FrameScorer", "~method_name", "+method_name=x"])
    assert config.method_name == "x"
    assert snake_case("my_methods.FrameScorer") == "frame_scorer"
    assert snake_case("a.b.CSNet") == "csnet"


def test_a_change_is_of_a_copy_and_a_misspelt_one_is_an_error() -> None:
    config = compose_config()
    other = changed(config, fold=3, paths__run="there")
    assert (config.fold, config.paths.run) == ("all", None)
    assert (other.fold, other.paths.run) == (3, "there")
    with pytest.raises(ConfigAttributeError):
        _ = other.nothing_of_that_name


def target(**values: object) -> dict[str, object]:
    """What the tests below build."""
    if "wrong" in values:
        raise UserError("wrong: as the target says")
    if "broken" in values:
        raise ZeroDivisionError
    return values


def node(**values: object):
    sys.modules["made_up_targets"] = sys.modules[__name__]
    return OmegaConf.create({"_target_": "made_up_targets.target", **values})


def test_a_target_gets_plain_python() -> None:
    built = build(node(numbers=[1, 2], nested={"a": 1}), more=3)
    assert built == {"numbers": [1, 2], "nested": {"a": 1}, "more": 3}
    assert (type(built["numbers"]), type(built["nested"])) == (list, dict)


def test_what_a_target_raises_comes_as_it_is() -> None:
    with pytest.raises(UserError, match=r"^wrong: as the target says$"):
        build(node(wrong=1))
    with pytest.raises(ZeroDivisionError):
        build(node(broken=1))


def test_a_target_that_does_not_take_what_it_is_always_given_is_one_line(monkeypatch) -> None:
    class Own:
        def __init__(self, radius: int) -> None: ...

    monkeypatch.setitem(sys.modules, "test_config_targets", SimpleNamespace(Own=Own))
    said = "its __init__ lacks feature_dim, which it is always given: add it there$"
    with pytest.raises(UserError, match=said):
        build(OmegaConf.create({"_target_": "test_config_targets.Own", "radius": 1}), feature_dim=8)


@pytest.mark.parametrize(
    ("target", "values", "said"),
    [
        ("vsumlab.methods.csnet.CSNet", {"x": 2, "feature_dim": 8}, "unexpected keyword argument 'x'"),
        ("test_config_targets.needs", {}, "missing 1 required positional argument: 'size'"),
    ],
)
def test_what_a_target_does_not_take_or_lacks_is_one_line(target, values, said, monkeypatch) -> None:
    def needs(size: int, made: int = 0) -> None:
        """Fails by an error of its own where it is given a size."""
        needs(made=made)  # type: ignore[call-arg]

    monkeypatch.setitem(sys.modules, "test_config_targets", SimpleNamespace(needs=needs))
    with pytest.raises(UserError, match=said) as refusal:
        build(OmegaConf.create({"_target_": target, **values}))
    assert str(refusal.value).endswith(": leave out what it does not take, and give what it needs")
    assert "\n" not in str(refusal.value)
    with pytest.raises(TypeError):
        build(OmegaConf.create({"_target_": "test_config_targets.needs", "size": 1}))


@pytest.mark.parametrize("override", ["name=${x}", "paths.runs=${x}/y", "remark=${x:1}"])
def test_a_reference_to_nothing_is_one_line(override) -> None:
    with pytest.raises(UserError, match=r"write the value itself$") as refusal:
        compose_config([override])
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "name", ["nowhere.Thing", "vsumlab.config.nothing", "made up", "torch.Nope", "numpy.Nope"]
)
def test_a_target_that_there_is_not_is_named(name) -> None:
    with pytest.raises(UserError, match=f"{name}: cannot be imported"):
        build(OmegaConf.create({"_target_": name}))


@pytest.mark.parametrize(
    ("code", "line", "says"),
    [
        ("import torch\n\nclass Mine(:\n    pass\n", 3, "SyntaxError: invalid syntax"),
        ("import torch\nimport torhc\n", 2, "ModuleNotFoundError: No module named 'torhc'"),
        ("from torch import Tensro\n", 1, "ImportError: cannot import name 'Tensro'"),
        ("import importlib\nimportlib.import_module('torhc')\n", 2, "ModuleNotFoundError: No module named"),
        ("x = 1\ny = x / 0\n", 2, "ZeroDivisionError: division by zero"),
    ],
)
def test_an_error_inside_a_users_module_is_named_with_its_line(
    tmp_path, monkeypatch, code, line, says
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / f"mine_{abs(hash(code))}.py"
    file.write_text(code)
    with pytest.raises(CodeError) as error:
        build(OmegaConf.create({"_target_": f"{file.stem}.Mine"}))
    message = str(error.value)
    assert message.startswith(f"{file.stem}.Mine: {file}:{line}: {says}")
    assert message.endswith(": mend it there (HYDRA_FULL_ERROR=1 shows the traceback)")
    assert "\n" not in message


def test_a_users_error_deep_inside_is_the_one_that_is_said() -> None:
    """As where a target's module lacks an extra, and Hydra wraps what its import raises."""
    code = (
        "import sys; sys.modules['google_crc32c'] = None\n"
        "from vsumlab.config import build, compose_config\n"
        "build(compose_config(['setting=youtube8m']).setting)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith("UserError: google_crc32c is not installed: pip install 'vsumlab[youtube8m]'")


def test_composing_leaves_the_name_of_the_jobs_log(monkeypatch) -> None:
    """Which is `run.log`: Hydra names it by the job, and jobs of a sweep are in one process."""
    from hydra.core.singleton import Singleton
    from hydra.core.utils import JobRuntime

    before = Singleton.get_state()
    JobRuntime.instance().set("name", "run")
    compose_config(["method=csnet"])
    assert JobRuntime.instance().get("name") == "run"
    Singleton.set_state(before)


def test_a_base_class_that_does_not_take_it_is_another_matter(monkeypatch) -> None:
    class Base:
        def __init__(self) -> None: ...

    class Own(Base):
        def __init__(self, feature_dim: int) -> None:
            super().__init__(feature_dim=feature_dim)  # type: ignore[call-arg]

    monkeypatch.setitem(sys.modules, "test_config_targets", SimpleNamespace(Own=Own))
    with pytest.raises(TypeError, match="unexpected keyword argument 'feature_dim'"):
        build(OmegaConf.create({"_target_": "test_config_targets.Own"}), feature_dim=8)


def test_a_methods_file_without_its_package_is_named(tmp_path) -> None:
    file = tmp_path / "method" / "mine.yaml"
    file.parent.mkdir()
    file.write_text("trainer:\n  max_epochs: 1\nmethod:\n  _target_: my_methods.Mine\n")
    with pytest.raises(
        UserError, match=r"^method: its file sets method.method: begin it with # @package _global_$"
    ):
        compose_config([f"hydra.searchpath=[{tmp_path}]", "method=mine"])


def test_a_hyper_parameter_may_be_called_method(tmp_path) -> None:
    file = tmp_path / "method" / "mine.yaml"
    file.parent.mkdir()
    file.write_text("# @package _global_\nmethod:\n  _target_: my_methods.Mine\n  method: ward\n")
    config = compose_config([f"hydra.searchpath=[{tmp_path}]", "method=mine", "trainer.max_epochs=1"])
    assert config.method.method == "ward"
