"""A task is done in the main process as it is, in another one as the main process would do it."""

import logging
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf
from support.runs import is_running

from vsumlab.errors import UserError
from vsumlab.launchers.worker import Task, captured, is_there


def test_a_pool_of_one_is_none(tmp_path, monkeypatch) -> None:
    handler = signal.getsignal(signal.SIGINT)
    task = Task(lambda config: config + 1, tied=True)
    assert task(1) == 2
    assert signal.getsignal(signal.SIGINT) == handler


def test_a_run_of_several_devices_is_refused_where_a_sweep_comes_to_it(monkeypatch) -> None:
    runtime = SimpleNamespace(choices={"hydra/launcher": "joblib"})
    monkeypatch.setattr(HydraConfig, "get", lambda: SimpleNamespace(runtime=runtime))
    task = Task(lambda config: pytest.fail("begun"), tied=True)
    task._main = ("elsewhere", 0)
    with pytest.raises(UserError, match=r"^trainer.devices=2: a worker of hydra/launcher=joblib takes one"):
        task(OmegaConf.create({"trainer": {"devices": 2}, "threads": None}))


def test_a_worker_has_the_main_ones_folder_command_and_modules(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path, "/mine"])
    task = Task(str, tied=False)
    command = list(sys.orig_argv)
    monkeypatch.chdir("/")
    monkeypatch.setattr(sys, "orig_argv", ["loky"])
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != "/mine"])
    before = signal.getsignal(signal.SIGINT)
    try:
        task._become_worker()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert Path.cwd() == tmp_path
    assert sys.orig_argv == command
    assert "/mine" in sys.path


def test_what_is_said_is_kept_and_what_is_printed_is_not(capsys, monkeypatch) -> None:
    handler = logging.StreamHandler(sys.stderr)
    monkeypatch.setattr(logging.root, "handlers", [handler])
    with captured() as said:
        print("a table")
        print("a line", file=sys.stderr)
        logging.warning("a warning")
    assert said.getvalue() == "a line\na warning\n"
    assert handler.stream is sys.stderr
    assert capsys.readouterr() == ("", "")
    assert not isinstance(sys.stdout, StringIO)


ENDS = """
import sys, time
from vsumlab.launchers.worker import end_with
end_with(int(sys.argv[1]))
print("there", flush=True)
time.sleep(60)
"""


def test_a_worker_ends_with_the_main_process() -> None:
    with subprocess.Popen(["sleep", "60"]) as main:
        assert is_there(main.pid)
        command = [sys.executable, "-c", ENDS, str(main.pid)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout.readline() == "there\n"
            os.kill(main.pid, signal.SIGKILL)
            main.wait()
            assert not is_there(main.pid)
            until = time.monotonic() + 20
            while is_running(worker.pid) and time.monotonic() < until:
                time.sleep(0.05)
            assert worker.wait(timeout=1) == 1
