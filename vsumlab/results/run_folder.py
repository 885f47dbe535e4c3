"""What stands in a run folder, and how it gets there whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import torch
from hydra.core.hydra_config import HydraConfig
from omegaconf import DictConfig, OmegaConf

import vsumlab
from vsumlab.results.evaluation import Evaluation
from vsumlab.results.rows import Row, scorers, statistics
from vsumlab.summary.keyshots import key_shot_summary

PACKAGES = ("torch", "pytorch-lightning", "torchmetrics", "hydra-core", "omegaconf", "numpy", "scipy", "h5py")


def fold_folder(run: Path, fold: int) -> Path:
    """Where a fold's checkpoint and logs are."""
    return run / f"fold_{fold}"


def checkpoint_path(run: Path, fold: int, name: str) -> Path:
    """A fold's trained method: `last.ckpt`, or as the selection calls it."""
    return fold_folder(run, fold) / f"{name}.ckpt"


def write_whole(path: Path, text: str) -> None:
    """Writes a text file, in UTF-8 wherever this is."""
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Another name to write a file under, so that under its own there is all of it or nothing."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def git_state(folder: Path) -> dict[str, Any]:
    """The commit that a checkout is at, and whether its code differs; nulls for an installed package."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        git("ls-files", "--error-unmatch", "__init__.py")  # a wheel may lie in somebody else's repository
        return {"commit": git("rev-parse", "HEAD"), "dirty": bool(git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": None, "dirty": None}


def file_record(path: Path) -> dict[str, str]:
    """A file that a run depends on: where it is, and its SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return {"file": str(path), "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def overrides() -> list[str]:
    """What was asked for on the command line, where there was one."""
    return list(HydraConfig.get().overrides.task) if HydraConfig.initialized() else []


def environment() -> dict[str, Any]:
    """What a figure depends on besides configuration and data."""
    return {
        "overrides": overrides(),
        "command": shlex.join([Path(sys.orig_argv[0]).name, *sys.orig_argv[1:]]),
        "git": git_state(Path(__file__).parents[1]),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "vsumlab": vsumlab.__version__,
        "machine": {
            "platform": platform.platform(),
            "cpus": os.cpu_count(),
            "torch_threads": torch.get_num_threads(),
            "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        },
    }


def write_results(
    run: Path, config: DictConfig, evaluation: Evaluation, table: str, record: dict[str, Any]
) -> None:
    """Fills the run folder: rows, scores, table, configuration, and last of all `run.json`.

    A run without `run.json` is not done.
    """
    write_csv(run / "videos.csv", [Row._fields, *map(as_cells, evaluation.rows)])
    write_scores(run / "scores.h5", evaluation)
    write_whole(run / "table.txt", table)
    write_whole(run / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
    annotations = evaluation.videos.annotations
    figures = {name: statistics(evaluation.rows, name)._asdict() for name in scorers(evaluation.rows)}
    record = {
        "status": "done",
        **record,
        **environment(),
        "data": file_record(evaluation.videos.path),
        "annotations": file_record(annotations.path) if annotations else None,
        "results": figures,
        "random_spread": evaluation.random_spread(),
        "constant_annotators": evaluation.constant_annotators,
    }
    write_whole(run / "run.json", json.dumps(without_nan(record), indent=2, allow_nan=False) + "\n")


def write_failure(run: Path, config: DictConfig, error: Exception) -> None:
    """Fills the folder of a run that failed: what was run, and the error."""
    write_whole(run / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
    message = f"{type(error).__name__}: {error}".splitlines()[0]
    record = {"status": "failed", "name": config.name, "error": message, **environment()}
    write_whole(run / "run.json", json.dumps(record, indent=2) + "\n")


def write_epochs(run: Path, histories: Mapping[int, Sequence[NamedTuple]]) -> None:
    """Writes the test figures of epochs by fold, each a row: `epochs.csv`."""
    fields = ("fold", *next(iter(histories.values()))[0]._fields)
    rows = [(fold, *as_cells(tested)) for fold, history in histories.items() for tested in history]
    write_csv(run / "epochs.csv", [fields, *rows])


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    """Writes rows of cells, the first being the header."""
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows(rows)
    write_whole(path, lines.getvalue())


def as_cells(row: tuple[Any, ...]) -> list[Any]:
    """A row for the CSV file; what is not a number stays empty."""
    return ["" if isinstance(value, float) and math.isnan(value) else value for value in row]


def without_nan(value: Any) -> Any:
    """The same, with null for NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {str(key): without_nan(item) for key, item in value.items()}
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def write_scores(path: Path, evaluation: Evaluation) -> None:
    """Writes each scorer's scores and key-shots: `fold_0/video_1/csnet/importance_scores` and `…/summary`."""
    with replacing(path) as unfinished, h5py.File(unfinished, "w") as file:
        for fold, by_scorer in evaluation.scores.items():
            for scorer, scores in by_scorer.items():
                for key, importance in scores.items():
                    group = file.create_group(f"fold_{fold}/{key}/{scorer}")
                    group["importance_scores"] = importance
                    group["summary"] = key_shot_summary(importance, evaluation.videos[key])
