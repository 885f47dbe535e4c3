"""What tests of runs share: the smallest run that there is, its files, commands in their own processes."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from support import PROJECT

SMALL = ("debug=smoke", "method.hidden_size=8", "random_draws=5")
BASELINES = ("random", "human", "gtscore")


def lines(path: Path) -> list[dict[str, str]]:
    """A CSV file's lines, by column."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def rows(run: Path) -> list[dict[str, str]]:
    """The rows of a run or a fold."""
    return lines(run / "videos.csv")


def scored(run: Path) -> list[tuple[str, str]]:
    """Fold and video of each row that is no baseline's."""
    return [(row["fold"], row["video"]) for row in rows(run) if row["scorer"] not in BASELINES]


def same_results(one: Path, other: Path) -> bool:
    """Whether two runs have the same rows and the same scores, bit for bit."""
    files = [h5py.File(run / "scores.h5") for run in (one, other)]
    paths: list[list[str]] = [[], []]
    for file, names in zip(files, paths, strict=True):
        file.visititems(
            lambda name, item, to=names: to.append(name) if isinstance(item, h5py.Dataset) else None
        )
    return (
        (one / "videos.csv").read_bytes() == (other / "videos.csv").read_bytes()
        and paths[0] == paths[1] != []
        and all(np.array_equal(files[0][name][()], files[1][name][()]) for name in paths[0])
    )


def record(run: Path) -> dict[str, Any]:
    """What `run.json` says."""
    content: dict[str, Any] = json.loads((run / "run.json").read_text())
    return content


def cell(sweep: Path, override: str) -> Path:
    """The one folder of a sweep whose run had an override."""
    (folder,) = (path for path in sweep.iterdir() if override in path.name.split(","))
    return folder


def started(*command: str | Path, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """Starts a command in a process of its own, from a checkout that need not be installed."""
    folders = [str(PROJECT), str(PROJECT / "tests"), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(folders), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Ctrl-C reaches it even where the suite itself runs in the background of a shell
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def process(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end in a process of its own."""
    with started(*command, cwd=cwd, **environment) as running:
        try:
            out, err = running.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            running.kill()
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def module(name: str) -> tuple[str, ...]:
    """The beginning of a command that runs a module of the package."""
    return (sys.executable, "-m", f"vsumlab.{name}")


def is_running(pid: int) -> bool:
    """Whether there is such a process that is not just waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def exit_code(main: Callable[[], None]) -> int:
    """Calls a command line's function in this process; gives what its process would have ended with."""
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def table(run: Path) -> str:
    """The words of a run's `table.txt`, wherever its lines are broken."""
    return " ".join((run / "table.txt").read_text().split())
