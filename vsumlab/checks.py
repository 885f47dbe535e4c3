"""What the entries of a run may be that are no method's: refused before anything is made or read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from vsumlab.config import build, find_groups
from vsumlab.entries import LARGEST, check_switches, check_whole, refusal
from vsumlab.errors import UserError, first_line

ENTRIES = (
    *("name", "method_name", "fold", "folds_at_once", "threads", "compile", "seed", "batch_size"),
    *("training_videos", "workers", "random_draws", "remark", "optimized_metric", "published", "callbacks"),
    *("paths.runs", "paths.data", "paths.run", "trainer.devices", "trainer.max_epochs"),
    *(f"{part}._target_" for part in ("trainer", "method", "setting", "data", "selection", "logger")),
)
"""What every run's configuration has."""
MISSING = object()
SEEDS = (0, 2**32 - 1)
"""What NumPy's, torch's and Lightning's seeds may all be."""
DRAWS = (2, 100_000)
"""How many random scorers there may be; those of a video are in memory together."""
CPUS = os.cpu_count() or 1
TOGETHER = max(64, CPUS)
"""How many processes or threads may be asked for that change no figure, so also where a run is repeated."""
ON_THE_CPU = max(4, CPUS)
"""How many processes may train together on CPUs: as many as there are, and a few to try it on fewer."""


def check_texts(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what is not text on one line; arguments as for `check_positive`.

    Raises:
        UserError: Naming the first that is not.
    """
    for name in names:
        if not isinstance(node[name], str):
            raise refusal(f"{prefix}{name}", node[name], f"text, as in {prefix}{name}=\"'…'\"")
        if not node[name].isprintable():
            raise refusal(f"{prefix}{name}", node[name], "text on one line")


def check_paths(node: Mapping[str, Any], *names: str, prefix: str = "") -> None:
    """Refuses what cannot be the path of a file or a folder; arguments as for `check_positive`.

    Raises:
        UserError: Naming the first that cannot.
    """
    check_texts(node, *names, prefix=prefix)
    for name in names:
        if not node[name] or any(len(os.fsencode(part)) > 255 for part in Path(node[name]).parts):
            raise refusal(f"{prefix}{name}", node[name], "a file or folder, its names of 1 to 255 bytes")


def check_name(name: Any) -> None:
    """Refuses what cannot be the name of a run, which its folder and its row have.

    Raises:
        UserError: If it is no text, has parts of a path, or what a configuration would take for a reference.
    """
    check_texts({"name": name}, "name")
    if name in ("", ".", "..") or Path(name).name != name:
        raise UserError(f"name={name}: is not the name of a folder: choose one without / and .. with name=")
    if len(os.fsencode(name)) > 200:  # file systems take 255
        raise refusal("name", name, "a name of at most 200 bytes")
    if "${" in name:
        raise UserError(f"name={name}: would be read as a reference: choose one without ${{ with name=")


def check_choices(overrides: Sequence[str]) -> None:
    """Refuses `trainer=null` and its like, which name no file of a group; Hydra has no words for them.

    Raises:
        UserError: Naming the first.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser  # takes long to import
    from hydra.errors import OverrideParseException

    groups = find_groups()
    for text in overrides:
        if text.lstrip("+").partition("=")[0] not in groups:
            continue
        try:
            override = OverridesParser.create().parse_override(text)
        except OverrideParseException:  # Hydra says what is wrong
            continue
        swept = override.is_choice_sweep()
        for value in override.sweep_iterator() if swept else [override.value()]:
            if not value or not isinstance(value, str | list):
                group = override.key_or_group
                raise refusal(
                    group, "null" if value is None else value, f"a file of conf/{group}, by its name"
                )


def check_run(config: DictConfig) -> None:
    """Refuses a run whose own entries make no sense, or are missing.

    What datasets, settings, selections and methods are made of they check themselves.

    Raises:
        UserError: Naming the first.
    """
    check_parts(config)
    check_name(config.name)
    check_texts(config, "method_name", "remark")
    check_paths(config.paths, "runs", "data", prefix="paths.")
    if config.paths.run is not None:
        check_paths(config.paths, "run", prefix="paths.")
    check_whole(config, seed=SEEDS, batch_size=1, random_draws=DRAWS)
    check_whole(config, workers=(0, TOGETHER), folds_at_once=(1, TOGETHER))
    if config.threads is not None:
        check_whole(config, threads=(1, TOGETHER))
    check_switches(config, "compile")
    if config.training_videos is not None:
        check_whole(config, training_videos=1)
    check_trainer(config.trainer)


def check_optimized(name: Any) -> None:
    """Refuses a search that would go by test videos.

    Raises:
        UserError: Unless the metric is of validation videos, or there is none.
    """
    if name is not None and not str(name).startswith("validation/"):
        raise UserError(
            f"optimized_metric={name}: nothing is chosen on test videos: name a metric validation/…"
        )


def check_parts(config: DictConfig) -> None:
    """Refuses a configuration that lacks an entry, as `~fold` would leave it out, or whose parts are none."""
    for entry in ENTRIES:
        if OmegaConf.select(config, entry, default=MISSING) is MISSING:
            if entry == "trainer.max_epochs" and OmegaConf.is_missing(config.trainer, "max_epochs"):
                raise UserError(
                    f"{entry}: is missing: set it in the method's file, to 1 if it does not learn"
                )
            raise UserError(f"{entry}: is missing: leave out what removes it, ~{entry.partition('.')[0]}")
    if not OmegaConf.is_dict(config.callbacks):
        raise refusal("callbacks", config.callbacks, "callbacks by name")
    for name, callback in config.callbacks.items():
        if not OmegaConf.is_dict(callback) or "_target_" not in callback:
            said = f"a callback with its _target_; ~callbacks.{name} leaves it out"
            raise refusal(f"callbacks.{name}", callback, said)


def check_trainer(trainer: DictConfig) -> None:
    """Refuses what Lightning's Trainer takes at first, and ends in training by."""
    bounds = {
        "max_epochs": 1,
        "log_every_n_steps": 0,
        "num_sanity_val_steps": -1,
        "accumulate_grad_batches": 1,
    }
    check_whole(trainer, "trainer.", **{name: least for name, least in bounds.items() if name in trainer})
    switches = (
        "enable_checkpointing",
        "enable_progress_bar",
        "enable_model_summary",
        "use_distributed_sampler",
    )
    check_switches(trainer, *(name for name in switches if name in trainer), prefix="trainer.")
    if trainer.get("use_distributed_sampler"):
        raise refusal("trainer.use_distributed_sampler", "true", "false: videos would be tested twice")
    clip = trainer.get("gradient_clip_val")
    if clip is not None and (type(clip) not in (int, float) or not 0 <= clip <= LARGEST):
        raise refusal("trainer.gradient_clip_val", clip, "a number, at least 0, or null")


def check_room(method: DictConfig, feature_dim: int) -> None:
    """Refuses a method whose parameters do not go into this computer's memory: the system would end it.

    They are counted without any memory, on torch's `meta` device; what cannot be built there is not counted.

    Raises:
        UserError: If there are too many.
    """
    import torch  # which a refused command line can do without

    if not hasattr(os, "sysconf"):
        return
    try:
        with torch.device("meta"):
            parameters = sum(each.nbytes for each in build(method, feature_dim=feature_dim).parameters())
    except Exception:  # whatever it is, it comes again where the method is built in earnest
        return
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if parameters > there:
        raise UserError(
            f"method: its parameters take {parameters / 2**30:.0f} GiB, and here are {there / 2**30:.0f}: "
            "give it smaller sizes with method.NAME=NUMBER"
        )


@contextmanager
def enough_memory() -> Iterator[None]:
    """Trains, which may take more memory than there is, on the CPU or a GPU.

    Raises:
        UserError: If it does.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        said = first_line(error)
        if isinstance(error, RuntimeError) and not re.search("(allocate|not enough|out of) memory", said):
            raise
        raise UserError(
            f"not enough memory ({said}): lower batch_size, or a size of the method with method.NAME=NUMBER"
        ) from error


def check_processes(trainer: Mapping[str, Any], on_the_cpu: bool) -> None:
    """Refuses more processes than a computer has room for; of GPUs Lightning counts those that there are.

    Args:
        trainer: The Trainer's part of a configuration.
        on_the_cpu: Whether it trains there.

    Raises:
        UserError: If it would start more than `ON_THE_CPU` processes there, would wait for other computers
            that nothing says where to find, or cannot be understood.
    """
    devices, nodes = trainer["devices"], trainer.get("num_nodes", 1)
    check_whole({"num_nodes": nodes}, "trainer.", num_nodes=1)
    if nodes > 1 and "MASTER_ADDR" not in os.environ and "SLURM_JOB_ID" not in os.environ:
        raise refusal(
            "trainer.num_nodes", nodes, "1 without SLURM, torchrun or MASTER_ADDR, which find others"
        )
    if isinstance(devices, bool):
        raise refusal("trainer.devices", devices, "a number of devices")
    if on_the_cpu and devices != "auto":
        number = int(devices) if isinstance(devices, str) and devices.isdecimal() else devices
        if type(number) is not int or not 1 <= number <= ON_THE_CPU:
            said = f"a number of processes on {CPUS} CPUs, from 1 to {ON_THE_CPU}"
            raise refusal("trainer.devices", devices, said)
