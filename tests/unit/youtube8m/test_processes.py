"""Reading processes, which do not outlive what started them."""

import operator
import os
import signal
import time
from pathlib import Path

import pytest
from support.shards import kill, run

from vsumlab.errors import UserError
from vsumlab.youtube8m.processes import reading_processes


def test_one_process_is_this_one():
    with reading_processes(1) as over:
        assert over is map


def test_results_come_in_order_from_other_processes():
    with reading_processes(2) as over:
        assert [*over(operator.add, range(20), range(20))] == [*range(0, 40, 2)]
        assert os.getpid() not in {*over(this_process, range(4))}


def this_process(_):
    return os.getpid()


def end_this_process(_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_reading_process_is_one_line():
    killed = pytest.raises(UserError, match="a reading process was killed")
    with killed as refusal, reading_processes(2) as over:
        [*over(end_this_process, range(2))]
    assert "\n" not in str(refusal.value)


def test_no_reading_process_outlives_a_killed_main_one(shards, tmp_path):
    run(shards, tmp_path / "whole.h5")
    killed = kill("first_pass:Findings.lines", 3, shards, tmp_path / "o.h5", processes=2)
    assert killed.returncode == -9
    processes = [int(pid) for pid in killed.stdout.split()]
    assert len(processes) == 2
    until = time.monotonic() + 10
    while any(is_running(pid) for pid in processes) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(is_running(pid) for pid in processes)
    run(shards, tmp_path / "o.h5", processes=2)
    assert (tmp_path / "o.h5").read_bytes() == (tmp_path / "whole.h5").read_bytes()


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
