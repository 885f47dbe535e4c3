"""A process ends in a line, and with the one that started it, even where that is killed."""

import os
import signal
import subprocess
import sys
import time

import pytest
from support import PROJECT
from support.runs import is_running, started

from vsumlab.processes import one_line_end, terminate

PARENT = """
import multiprocessing, time
from vsumlab.processes import end_with_parent

def work():
    end_with_parent()
    print(multiprocessing.current_process().pid, flush=True)
    time.sleep(600)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work).start()
    time.sleep(600)
"""


def test_a_killed_parent_leaves_no_process_behind(tmp_path) -> None:
    (tmp_path / "parent.py").write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, str(tmp_path / "parent.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as parent:
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        until = time.monotonic() + 30
        while is_running(child) and time.monotonic() < until:
            time.sleep(0.05)
    assert not is_running(child)


def test_an_interrupt_anywhere_is_one_line_of_the_first_process(capsys, monkeypatch) -> None:
    for rank, said in (("0", 1), ("1", 0)):
        monkeypatch.setenv("LOCAL_RANK", rank)
        with pytest.raises(SystemExit, match="130"), one_line_end():
            raise KeyboardInterrupt
        assert capsys.readouterr().err.count("vsumlab: interrupted:") == said
    with pytest.raises(SystemExit, match="2"), one_line_end():
        sys.exit(2)
    assert capsys.readouterr().err == ""


def test_a_terminated_process_says_so_and_ends_as_shells_expect(capsys) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match="143"), one_line_end():
        signal.raise_signal(signal.SIGTERM)
    assert capsys.readouterr().err == (
        "vsumlab: terminated: finished folds are kept, and the same command goes on\n"
    )
    assert signal.getsignal(signal.SIGTERM) is before


def test_who_says_no_line_ends_with_the_code_of_shells_as_well() -> None:
    """Of a script that calls this package, a scheduler is to see that it was ended."""
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        with pytest.raises(SystemExit) as end:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert end.value.code == 143


STUCK = """
import ctypes, signal, threading
from vsumlab.processes import end_though_it_waits, terminate
signal.signal(signal.SIGTERM, terminate)
end_though_it_waits(0.5)
end_though_it_waits(60)
threading.Timer(0.5, print, ["waiting"], {"flush": True}).start()  # once it does
library, lock = ctypes.CDLL(None), ctypes.create_string_buffer(256)
library.pthread_mutex_lock(lock)
library.pthread_mutex_lock(lock)  # in a library's own code no handler of Python is called
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_ends_though_a_library_keeps_it_waiting(tmp_path, number) -> None:
    (tmp_path / "stuck.py").write_text(STUCK)
    with started(sys.executable, "stuck.py", cwd=tmp_path) as running:
        assert running.stdout.readline() == "waiting\n"
        running.send_signal(number)
        try:
            running.communicate(timeout=30)
        finally:
            running.kill()
    assert running.returncode == 128 + number
