"""The first process decides, the others follow: through the environment first, later through the group."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning_fabric.utilities.rank_zero import rank_zero_only

from vsumlab.errors import UserError
from vsumlab.runs import ranks
from vsumlab.runs.ranks import JOURNAL, ending_together, from_first_process, is_first, watch_others


@pytest.fixture(autouse=True)
def fresh(monkeypatch) -> None:
    """A process that has decided and replayed nothing."""
    monkeypatch.setattr(ranks, "_replayed", 0)
    monkeypatch.setenv(JOURNAL, "[]")
    monkeypatch.delenv(JOURNAL)


def never() -> str:
    raise AssertionError("only the first process decides")


def test_the_only_process_decides_by_itself() -> None:
    assert is_first()
    assert from_first_process(lambda: "free") == "free"


def test_decisions_are_replayed_in_order_by_a_process_that_starts_later(monkeypatch) -> None:
    """Of two runs of a sweep, say: the second process finds what was decided for the first run, too."""
    decided = [from_first_process(lambda word=word: word) for word in ("done", "free", "busy")]
    monkeypatch.setattr(rank_zero_only, "rank", 1)
    assert not is_first()
    assert [from_first_process(never) for _ in decided] == decided == ["done", "free", "busy"]


def test_a_process_without_a_decision_to_follow_does_not_make_one_up(monkeypatch) -> None:
    monkeypatch.setenv(JOURNAL, json.dumps(["free"]))
    monkeypatch.setattr(rank_zero_only, "rank", 1)
    assert from_first_process(never) == "free"
    with pytest.raises(IndexError):
        from_first_process(never)


def test_what_went_wrong_in_deciding_is_no_decision() -> None:
    def wrong() -> str:
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        from_first_process(wrong)
    assert from_first_process(lambda: "free") == "free"


def follow(rank: int, file: str, pipe) -> None:
    torch.distributed.init_process_group("gloo", init_method=f"file://{file}", rank=rank, world_size=2)
    rank_zero_only.rank = rank
    decide = (lambda: "of the first") if rank == 0 else never
    pipe.send([from_first_process(decide) for _ in range(2)])
    torch.distributed.destroy_process_group()


def test_in_a_group_of_processes_the_first_one_tells_the_others(tmp_path) -> None:
    fork = multiprocessing.get_context("fork")
    pipes = [fork.Pipe() for _ in range(2)]
    processes = [
        fork.Process(target=follow, args=(rank, str(tmp_path / "group"), pipes[rank][1])) for rank in range(2)
    ]
    for process in processes:
        process.start()
    try:
        for ours, _ in pipes:
            assert ours.poll(60)
            assert ours.recv() == ["of the first"] * 2
    finally:
        for process in processes:
            process.kill()
            process.join()


def of_two(first: bool, started: list[subprocess.Popen]) -> SimpleNamespace:
    """As much of a Trainer as the processes of a run need to know of each other."""
    strategy = SimpleNamespace(launcher=SimpleNamespace(procs=started))
    return SimpleNamespace(
        world_size=2, is_global_zero=first, strategy=strategy, default_root_dir="runs/x/fold_0"
    )


def wait_for_the_other(command: str, pipe) -> None:
    os.dup2(pipe.fileno(), sys.stderr.fileno())
    started = [subprocess.Popen(["sleep", "60"]), subprocess.Popen(["sh", "-c", command])]
    os.write(pipe.fileno(), f"{started[0].pid}\n".encode())
    watch_others(of_two(True, started))
    time.sleep(60)


@pytest.mark.parametrize(("command", "code"), [("exit 143", 143), ("kill -9 $$", -9)])
def test_a_process_that_ends_ends_all_with_its_code_and_a_line(command, code) -> None:
    fork = multiprocessing.get_context("fork")
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as said, os.fdopen(theirs, "wb") as pipe:
        process = fork.Process(target=wait_for_the_other, args=(command, pipe))
        process.start()
        process.join(20)
        pipe.close()
        other, line = said.read().decode().splitlines()
    assert process.exitcode == (code if code > 0 else 128 - code)
    assert line == (
        f"vsumlab: process 2 of the run ended with exit code {code}, so all do: finished folds and epochs "
        "are kept in runs/x: the same command goes on"
    )
    assert not Path(f"/proc/{other}").exists() or "sleep" not in Path(f"/proc/{other}/cmdline").read_text()


def test_who_lost_another_one_waits_for_being_ended_but_says_what_the_user_can_mend(monkeypatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with pytest.raises(RuntimeError, match="Connection closed"), ending_together(of_two(True, [])):
        raise RuntimeError("Connection closed by peer")
    assert waited == [ranks.END_S]
    with pytest.raises(UserError), ending_together(of_two(True, [])):
        raise UserError("loss: is no number")
    alone = SimpleNamespace(world_size=1)
    with pytest.raises(RuntimeError), ending_together(alone):
        raise RuntimeError("of one's own")
    assert len(waited) == 1


def test_between_folds_as_well_it_waits_for_being_ended(monkeypatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise RuntimeError("Connection closed by peer")

    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.distributed, "broadcast_object_list", closed)
    with pytest.raises(RuntimeError, match="Connection closed"):
        from_first_process(lambda: "free")
    assert waited == [ranks.END_S]
