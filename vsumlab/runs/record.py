"""What a result depends on besides its configuration: command, code, data and machine."""

from __future__ import annotations

import hashlib
import inspect
import os
import pkgutil
import platform
import shlex
import subprocess
import sys
import sysconfig
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig

from vsumlab.config import flattened
from vsumlab.version import __version__

PACKAGES = ("torch", "pytorch-lightning", "torchmetrics", "hydra-core", "omegaconf", "numpy", "scipy", "h5py")
CODE = ("vsumlab", "conf")
"""The folders of a checkout that figures depend on."""
INSTALLED = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
"""Where installed packages are."""


class Origin(NamedTuple):
    """Where a run's configuration comes from.

    Attributes:
        command: The command line.
        overrides: What was asked for there, or in a sweep.
    """

    command: str
    overrides: list[str]

    @property
    def changes(self) -> list[str]:
        """What was changed of the method and its training."""
        kinds = ("method", "trainer.", "setting.", "batch_size")
        return [override for override in self.overrides if override.lstrip("+~").startswith(kinds)]


def this_process() -> Origin:
    """The command of this process, and Hydra's overrides where Hydra has started the run."""
    program, *arguments = sys.orig_argv
    if arguments and Path(arguments[0]).name == "vsumlab":  # the console script, wherever it is installed
        program, *arguments = arguments
    command = shlex.join([Path(program).name, *arguments])
    return Origin(command, list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else [])


def environment(origin: Origin) -> dict[str, Any]:
    """What a record says of how a run came about."""
    return {
        "overrides": origin.overrides,
        "command": origin.command,
        "working_directory": str(Path.cwd()),
        "git": git_state(Path(__file__).parents[2]),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "vsumlab": __version__,
        "machine": {
            "platform": platform.platform(),
            "cpus": os.cpu_count(),
            "torch_threads": torch.get_num_threads(),
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        },
    }


def git_state(checkout: Path) -> dict[str, Any]:
    """The commit that a checkout is at, and how its code differs; nulls for an installed package.

    Returns:
        `commit`; `dirty`, whether there are uncommitted changes in the folders CODE; and `changes`, a
        checksum of them, by which runs of differently changed code differ.
    """

    def git(*arguments: str) -> bytes:
        command = ["git", "-C", str(checkout), *arguments]
        return subprocess.run(command, capture_output=True, check=True).stdout

    try:
        git(
            "ls-files", "--error-unmatch", "vsumlab/__init__.py"
        )  # a wheel may lie in somebody else's checkout
        commit = git("rev-parse", "HEAD").decode().strip()
        changes = hashlib.sha256(git("diff", "HEAD", "--binary", "--", *CODE))
        new = git("ls-files", "--others", "--exclude-standard", "-z", "--", *CODE).decode().split("\0")[:-1]
        for name in new:
            changes.update(name.encode() + (checkout / name).read_bytes())
        dirty = bool(git("status", "--porcelain", "--", *CODE).strip())
        return {"commit": commit, "dirty": dirty, "changes": changes.hexdigest() if dirty else None}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "dirty": None, "changes": None}


def method_files(config: DictConfig) -> dict[str, Path]:
    """The files that a method's hyper-parameters name, by their entries; of a run folder its `run.json`."""
    values = flattened(config.method).items()
    named = {f"method.{name}": Path(value) for name, value in values if isinstance(value, str)}
    files = {name: path / "run.json" if path.is_dir() else path for name, path in named.items()}
    return {name: path for name, path in files.items() if path.is_file()}


def sources(config: DictConfig) -> dict[str, dict[str, str]]:
    """The source files of the classes that a configuration names, if they are neither ours nor installed."""
    targets = {value for name, value in flattened(config).items() if f".{name}".endswith("._target_")}
    found = {}
    for target in sorted(each for each in targets if not each.startswith("vsumlab.")):
        module = inspect.getmodule(pkgutil.resolve_name(target))
        file = Path(getattr(module, "__file__", None) or "")
        if file.is_file() and not any(file.is_relative_to(place) for place in INSTALLED):
            found[target] = file_record(file)
    return found


def file_record(path: Path) -> dict[str, str]:
    """A file that a run depends on: where it is, and its SHA-256 in hexadecimal."""
    stat = path.stat()
    return {"file": str(path), "sha256": _checksum(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)}


@lru_cache(maxsize=1024)
def _checksum(path: Path, inode: int, size: int, changed: int) -> str:
    """A file's, computed once until it changes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
