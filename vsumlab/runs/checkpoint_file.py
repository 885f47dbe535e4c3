"""A checkpoint's file, maybe damaged or a stranger's: checked, and read without running what is in it."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_parameter_registration_hook

from vsumlab.core.backbone_identity import BACKBONE, Identity
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.errors import UserError, first_line
from vsumlab.methods.summarizer import Summarizer
from vsumlab.methods.trust import is_of
from vsumlab.runs.record import file_record

WEIGHTS, SETTINGS = "state_dict", "hyper_parameters"
VALUES = 10_000
"""How many values hyper-parameters have at most."""


def load_checkpoint(kind: type[Summarizer], file: Path, sha256: str | None) -> Summarizer:
    """A method with the weights of a file.

    Args:
        kind: The method's class.
        file: A checkpoint of a run.
        sha256: The file's checksum when the run was made, where it is recorded.

    Raises:
        UserError: If the file is another one, cannot be read, or is not of this method.
    """
    try:
        if sha256 is not None and file_record(file)["sha256"] != sha256:
            raise ValueError("another checksum than when the run was made")
        content = read_checkpoint(file)
        if is_of(kind.__module__, ["vsumlab"]):  # others may compute with numbers when they are made
            with without_memory(len(content[WEIGHTS])):
                made(kind, content)  # which ends where weights do not fit
        loaded = made(kind, content).eval()
        loaded.backbone = backbone_in(content)
    except UserError as error:  # of hyper-parameters, or of what it is built on
        raise UserError(f"{file}: {error}") from error
    except Exception as error:  # whatever unpickling raises, and a method's class of values that do not fit
        raise UserError(
            f"{file}: no checkpoint of {kind.__name__} that can be loaded ({type(error).__name__}: "
            f"{first_line(error)}): run the fold again, or get the folder anew"
        ) from error
    return loaded


def read_checkpoint(file: Path) -> dict[str, Any]:
    """What a checkpoint holds: weights, numbers, text, and lists and mappings of them.

    Raises:
        ValueError: If it is not what a run writes.
        Exception: Whatever zipfile and torch raise where it is damaged, or has more than that in it.
    """
    with ZipFile(file) as archive:
        if any(entry.compress_type != ZIP_STORED for entry in archive.infolist()):
            raise ValueError("its parts are compressed, and might be of any size")
    content = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
    if not isinstance(content, dict):
        raise ValueError("it has no entries by name")
    for name in (WEIGHTS, SETTINGS):
        found = content.setdefault(name, {})
        if not (isinstance(found, Mapping) and all(isinstance(each, str) for each in found)):
            raise ValueError(f"its {name} are not by name")
    for name, weights in content[WEIGHTS].items():
        check_weights(name, weights)
    check_settings(content[SETTINGS])
    return content


def check_weights(name: str, weights: Any) -> None:
    """Refuses what is no tensor of numbers that are all in the file; masks are infinite.

    Raises:
        ValueError: Saying which.
    """
    if not (isinstance(weights, Tensor) and weights.layout == torch.strided and weights.device.type == "cpu"):
        raise ValueError(f"{name!r}: no weights")
    if weights.numel() * weights.element_size() > weights.untyped_storage().nbytes():
        raise ValueError(f"{name!r}: has more weights than are in the file")
    if weights.isnan().any():
        raise ValueError(f"{name!r}: has weights that are no numbers")


def check_settings(settings: Mapping[str, Any]) -> None:
    """Refuses hyper-parameters that are not text, numbers, and lists and mappings of them.

    Raises:
        ValueError: Saying which.
    """
    if odd := [name for name in settings if not re.fullmatch(r"[^\W_]\w*", name)]:
        raise ValueError(f"{odd[0]!r}: the name of no hyper-parameter")
    rest: list[Any] = [*settings.values()]
    for _ in range(VALUES):
        if not rest:
            return
        value = rest.pop()
        if isinstance(value, Mapping):
            rest += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple | set | frozenset):
            rest += value
        elif not (value is None or isinstance(value, str | int | float | complex)):
            raise ValueError(f"a hyper-parameter is of type {type(value).__name__}")
    raise ValueError(f"hyper-parameters have more than {VALUES} values")


def made(kind: type[Summarizer], content: dict[str, Any]) -> Summarizer:
    """A method as its constructor makes it of its hyper-parameters, with its weights."""
    takes = inspect.signature(kind.__init__).parameters
    every = any(each.kind == each.VAR_KEYWORD for each in takes.values())
    method = kind(**{name: value for name, value in content[SETTINGS].items() if every or name in takes})
    method.on_load_checkpoint(content)
    method.load_state_dict(content[WEIGHTS], strict=method.strict_loading)
    return method


@contextmanager
def without_memory(n_weights: int) -> Iterator[None]:
    """Makes modules that hold no values, until they have far more parameters than there are weights for.

    A few more there may be: a parametrized layer makes some that it replaces.
    """
    there, most = 0, 10 * n_weights + 1000

    def count(module: nn.Module, name: str, parameter: nn.Parameter | None) -> None:
        nonlocal there
        there += 1
        if there > most:
            raise ValueError("its hyper-parameters make more weights than it holds")

    hook = register_module_parameter_registration_hook(count)
    try:
        with torch.device("meta"), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*non-meta parameter")  # nothing is to be copied
            yield
    finally:
        hook.remove()


def backbone_in(content: Mapping[str, Any]) -> Identity | None:
    """The network of the features that a checkpoint's method was trained on, where it says so.

    Raises:
        ValueError: If what it says is something else.
    """
    found: Identity | None = content.get(VideoDataModule.__qualname__, {}).get(BACKBONE)
    if not (found is None or (isinstance(found, dict) and "name" in found)):
        raise ValueError(f"its {BACKBONE} has no name")
    return found
