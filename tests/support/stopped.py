"""Folds in processes of their own that are killed at some moment, and what is left of those that end.

As a script, a server: of each line on its standard input, a configuration as JSON, it makes a process that
trains and tests that fold, and says its id and then how it ended. All is imported by then, so that a fold
begins at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import h5py
import torch
from omegaconf import OmegaConf

from support import PROJECT
from support.runs import record

SAME = ("videos.csv", "metrics.csv", "epochs.csv")
"""What a fold leaves that has to be the same to the last byte."""


class Server:
    """Folds, one after the other, each in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def begin(self, content: dict[str, Any]) -> int:
        """Has a fold begin; the id of its process, once that is at work in the fold's folder."""
        self.process.stdin.write(json.dumps(content) + "\n")
        self.process.stdin.flush()
        pid = int(self.process.stdout.readline())
        until = time.monotonic() + 60
        while not (Path(content["paths"]["run"]) / ".fold_0.running").exists():
            assert time.monotonic() < until, "it has not begun"
            time.sleep(0.001)
        return pid

    def end(self) -> int:
        """How the fold's process ended, which is waited for."""
        return int(self.process.stdout.readline())

    def train(self, content: dict[str, Any]) -> float:
        """Trains and tests a fold to its end; how many seconds that took."""
        self.begin(content)
        start = time.monotonic()
        assert self.end() == 0
        return time.monotonic() - start

    def kill(self, content: dict[str, Any], after: float) -> bool:
        """Kills a fold's process so many seconds after it began; whether the fold was not done by then."""
        pid = self.begin(content)
        time.sleep(after)
        with suppress(ProcessLookupError):  # it is done
            os.kill(pid, signal.SIGKILL)
        assert self.end() in (0, -signal.SIGKILL)
        return not (Path(content["paths"]["run"]) / "fold_0" / "run.json").exists()


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server, until the block ends."""
    command = (sys.executable, "-m", "support.stopped")
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}", "OMP_NUM_THREADS": "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, text=True
    ) as process:
        yield Server(process)
        process.stdin.close()


def serve() -> None:
    """Makes processes of folds until standard input ends."""
    for name in (
        "vsumlab.train",
        "vsumlab.evaluation.rows",
    ):  # and the second one only where a fold is tested
        import_module(name)
    torch.set_num_threads(1)  # no threads that a fork would lose
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())  # of hundreds of folds nobody reads
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            status = 1
            try:
                import_module("vsumlab.train").train(OmegaConf.create(json.loads(line)))
                status = 0
            finally:
                os._exit(status)
        print(pid, flush=True)
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


def plain(value: Any) -> Any:
    """Nested values with tensors as their bytes, which == compares."""
    if torch.is_tensor(value):
        return value.dtype, value.shape, value.numpy().tobytes()
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


def left_by(fold: Path) -> dict[str, Any]:
    """All that a fold's training came to: whatever is not the same in two of them is a difference."""
    found: dict[str, Any] = {name: (fold / name).read_bytes() for name in SAME if (fold / name).is_file()}
    for file in sorted(fold.glob("*.ckpt")):
        content = torch.load(file, map_location="cpu", weights_only=True)
        # the loops count restarts as well, and callbacks keep paths
        found[file.name] = {
            name: plain(value) for name, value in content.items() if name not in ("loops", "callbacks")
        }

    def note(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            found[name] = item[()].tobytes()

    with h5py.File(fold / "scores.h5") as file:
        file.visititems(note)
    return found | {name: record(fold)[name] for name in ("chosen_epochs", "results")}


if __name__ == "__main__":
    serve()
