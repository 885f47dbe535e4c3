"""What a training is gone on with beside Lightning's own: random states, the log, the time it took."""

import random
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from pytorch_lightning import seed_everything
from support.stepping import Stepping
from support.training import made_data, quiet_trainer

from vsumlab.callbacks.continuation import Clock, Continuation, random_states, set_random_states
from vsumlab.errors import UserError
from vsumlab.runs.checkpoints import UNFINISHED
from vsumlab.runs.continuation import STATE, kept_state


def draws() -> list[float]:
    """One draw of each generator that there is, and of each kind that keeps something for the next."""
    old = np.random.standard_normal
    return [random.random(), random.gauss(0, 1), float(old()), float(torch.rand(())), float(torch.randn(()))]


def test_all_generators_go_on_where_they_were(tmp_path) -> None:
    draws()
    torch.save(random_states(), tmp_path / "states")
    expected = [draws() for _ in range(3)]
    draws()
    set_random_states(torch.load(tmp_path / "states", weights_only=True))
    assert [draws() for _ in range(3)] == expected


class Draws(Stepping):
    """Notes what it draws in each epoch, and is stopped where it is said."""

    def __init__(self, stop: int | None = None) -> None:
        super().__init__(8)
        self.stop = stop
        self.drawn: list[list[float]] = []

    def on_train_epoch_start(self) -> None:
        self.drawn.append(draws())
        if self.current_epoch == self.stop:
            raise KeyError("stopped")


def fit(method: Draws, folder: Path, file: Path, point: Path | None = None) -> Continuation:
    """Trains for five epochs of a step, from a checkpoint on where there is one."""
    continuation = Continuation(folder, {"seed": 0}, Clock(), point)
    trainer = quiet_trainer(
        max_epochs=5, limit_train_batches=1, callbacks=[continuation], enable_checkpointing=False
    )
    trainer.fit(method, datamodule=made_data(file, 5), ckpt_path=point, weights_only=True)
    return continuation


@pytest.mark.filterwarnings("ignore:Be aware that when using `ckpt_path`")
@pytest.mark.parametrize("stop", [1, 2, 4])
def test_a_stopped_training_draws_what_it_would_have_drawn(tmp_path, tiny_file, stop) -> None:
    seed_everything(0, verbose=False)
    whole = Draws()
    fit(whole, tmp_path / "whole", tiny_file)
    seed_everything(0, verbose=False)
    broken = Draws(stop)
    with pytest.raises(KeyError, match="stopped"):
        fit(broken, tmp_path / "stopped", tiny_file)
    seed_everything(9, verbose=False)
    again = Draws()
    point = tmp_path / "stopped" / UNFINISHED[0]
    continuation = fit(again, tmp_path / "stopped", tiny_file, point)
    assert [*broken.drawn[:stop], *again.drawn] == whole.drawn
    assert int(again.steps) == int(whole.steps) == 5
    assert continuation.clock.took()["wall_time_s"] > kept_state(point)["took"]["wall_time_s"] > 0


def test_the_checkpoint_of_the_epoch_before_is_kept_as_well(tmp_path, tiny_file) -> None:
    fit(Draws(), tmp_path, tiny_file)
    newest, before, last = (
        torch.load(tmp_path / name, weights_only=True) for name in (*UNFINISHED, "last.ckpt")
    )
    assert [int(each["state_dict"]["steps"]) for each in (newest, before, last)] == [4, 3, 5]
    assert STATE in newest
    assert STATE not in last, "what is tested needs no random states"


def test_a_clock_goes_on_with_what_it_took_before() -> None:
    clock = Clock()
    clock.go_on({"started": "2020-01-01T00:00:00+00:00", "wall_time_s": 100.0, "cpu_time_s": 50.0})
    took = clock.took()
    assert took["started"] == "2020-01-01T00:00:00+00:00"
    assert 100 < took["wall_time_s"] < 101
    assert 50 < took["cpu_time_s"] < 51


def test_a_training_outside_the_main_thread_leaves_signals_alone(tmp_path, tiny_file) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(fit, Draws(), tmp_path, tiny_file).result()
    assert signal.getsignal(signal.SIGTERM) is before


def test_other_processes_than_before_do_not_go_on(tmp_path, tiny_file) -> None:
    fit(Draws(), tmp_path, tiny_file)
    point = tmp_path / UNFINISHED[0]
    content = torch.load(point, weights_only=True)
    content[STATE]["random_states"] *= 2
    torch.save(content, point)
    with pytest.raises(
        UserError, match=r"was begun by 2 processes, now there are 1: write trainer.devices=2"
    ):
        fit(Draws(), tmp_path, tiny_file, point)
