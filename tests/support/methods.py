"""Methods as their files in `conf/method` have them."""

from functools import cache

import pytest
import torch
from omegaconf import DictConfig

from vsumlab.config import build, changed, compose_config, find_conf
from vsumlab.errors import UserError
from vsumlab.methods.summarizer import Summarizer

METHOD_FILES = sorted(file.stem for file in (find_conf() / "method").glob("*.yaml"))
"""All that `method=NAME` can name."""


@cache
def method_config(*overrides: str) -> DictConfig:
    """A composed configuration; composing takes a third of a second."""
    return compose_config(overrides)


def made_method(*overrides: str, feature_dim: int = 12) -> Summarizer:
    """An untrained method, always with the same weights."""
    torch.manual_seed(0)
    method: Summarizer = build(method_config(*overrides).method, feature_dim=feature_dim)
    return method.eval()


def clipping(name: str) -> dict[str, float]:
    """What the Trainer clips a method's gradients to, for a Trainer's arguments."""
    found = method_config(f"method={name}").trainer.get("gradient_clip_val")
    return {} if found is None else {"gradient_clip_val": found}


def learners() -> list[str]:
    """A file of `conf/method` for each class that is trained for several epochs."""
    found: dict[type, str] = {}
    for name in METHOD_FILES:
        method = made_method(f"method={name}")
        if method.learns and method_config(f"method={name}").trainer.max_epochs > 1:
            found.setdefault(type(method), name)
    return [*found.values()]


def switches(name: str) -> list[str]:
    """The hyper-parameters of a method's file that are on or off."""
    own = method_config(f"method={name}").method
    return [str(switch) for switch, value in own.items() if isinstance(value, bool)]


VARIANTS = [(name, switch) for name in METHOD_FILES for switch in (None, *switches(name))]
"""Every method as its file has it, and with one switch turned."""

SMALL = {"hidden_size": 8, "frames": 20, "segment_length": 5}
"""What makes a method quick, where it has such a hyper-parameter."""


def small(name: str) -> tuple[str, ...]:
    """The overrides by which a method is quick."""
    own = method_config(f"method={name}").method
    return (f"method={name}", *(f"method.{key}={value}" for key, value in SMALL.items() if key in own))


def made_variant(name: str, switch: str | None, feature_dim: int = 12) -> Summarizer:
    """A small untrained method with one switch turned."""
    config = method_config(f"method={name}")
    values = {key: value for key, value in SMALL.items() if key in config.method}
    if switch is not None:
        values[switch] = not config.method[switch]
    torch.manual_seed(0)
    own = changed(config, **{f"method__{key}": value for key, value in values.items()}).method
    method: Summarizer = build(own, feature_dim=feature_dim)
    return method.eval()


def assert_refused(file: str, name: str, value: object, says: str) -> None:
    """That a method with such a hyper-parameter is refused, in one line that says what is expected."""
    with pytest.raises(UserError) as error:
        made_method(f"method={file}", f"method.{name}={value}")
    message = str(error.value)
    assert message.startswith(f"method.{name}={value}: expected ")
    assert message.endswith(says)
    assert "\n" not in message
