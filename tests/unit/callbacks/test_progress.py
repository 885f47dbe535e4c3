"""The bar: which fold and epoch it names, how far it goes, and when there is none."""

import io
import multiprocessing

import pytest
import pytorch_lightning as pl
from rich.console import Console
from support.stepping import Stepping
from support.training import fit, made_data

from vsumlab.callbacks.progress import FoldProgress


class Watched(FoldProgress):
    """On a made-up terminal; notes what the bar says after every step."""

    def __init__(self, terminal: bool = True) -> None:
        super().__init__()
        self.shown = io.StringIO()
        self._console = Console(file=self.shown, force_terminal=terminal, width=100)
        self.notes: list[tuple[str, float, float]] = []

    def on_train_batch_end(self, trainer: pl.Trainer, *rest: object) -> None:
        super().on_train_batch_end(trainer, *rest)
        (task,) = self._progress.tasks
        self.notes.append((task.description, task.completed, task.total))


def trained(bar: Watched, file, method: Stepping | None = None) -> None:
    options = {"max_epochs": 2, "limit_train_batches": 3, "callbacks": [bar]}
    fit(method or Stepping(8), made_data(file, n_folds=5), **options)


def test_the_bar_names_fold_and_epoch_and_goes_on_by_steps(tiny_file) -> None:
    bar = Watched()
    trained(bar, tiny_file)
    names = [f"stepping  fold 0  epoch {epoch}/2" for epoch in (1, 2)]
    assert [note[0] for note in bar.notes] == [name for name in names for _ in range(3)]
    assert [note[1:] for note in bar.notes] == [(step, 6) for step in range(1, 7)]
    assert names[1] in bar.shown.getvalue()
    assert not bar._progress.live.is_started, "it is taken away at the end"


def test_it_is_silent_where_there_is_no_terminal(tiny_file) -> None:
    bar = Watched(terminal=False)
    trained(bar, tiny_file)
    assert bar.shown.getvalue() == ""
    assert len(bar.notes) == 6


def test_it_is_silent_in_one_of_several_folds_processes(tiny_file, monkeypatch) -> None:
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: "the one that started this")
    bar = Watched()
    trained(bar, tiny_file)
    assert bar.shown.getvalue() == ""


def test_it_is_taken_away_before_an_error_is_shown(tiny_file) -> None:
    class Failing(Stepping):
        def training_step(self, batch: object, batch_idx: int) -> None:
            raise RuntimeError("made to fail")

    bar = Watched()
    with pytest.raises(RuntimeError, match="made to fail"):
        trained(bar, tiny_file, Failing(8))
    assert not bar._progress.live.is_started


def test_an_error_before_the_first_step_is_no_obstacle() -> None:
    bar = Watched()
    bar.on_exception(pl.Trainer(logger=False), None, RuntimeError())
    assert bar.shown.getvalue() == ""
