"""A training that is killed at any moment goes on, and comes to what it would have come to, bit for bit."""

import random
import shutil
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf
from support.methods import METHOD_FILES, made_method, small
from support.stopped import Server, left_by, server

from vsumlab.runs.checkpoints import UNFINISHED

TRAINED = {name: type(method) for name in METHOD_FILES if (method := made_method(*small(name))).learns}
"""All that `method=NAME` can name and that trains, and what it is."""
ONE_OF_EACH = {method: name for name, method in reversed(TRAINED.items())}.values()
SELECTIONS = ("last", "test_oracle")


@pytest.fixture(scope="module")
def folds(tmp_path_factory) -> Iterator[Server]:
    """Processes of folds."""
    with server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def content(composed, tiny_file, tmp_path):
    """The configuration of a small fold, in a folder of its name."""

    def make(folder: str, name: str, *overrides: str) -> dict[str, Any]:
        config = composed(
            *small(name),
            "data=tvsum",
            f"data.file={tiny_file}",
            "fold=0",
            "batch_size=3",
            "random_draws=2",
            "trainer.max_epochs=4",
            "trainer=cpu",
            "callbacks.figures.videos=0",
            *overrides,
            run=tmp_path / folder,
        )
        whole: Any = OmegaConf.to_container(config, resolve=True)
        return dict(whole)

    return make


def assert_goes_on(folds: Server, content, tmp_path: Path, name: str, kills: int, *overrides: str) -> None:
    """That a fold which is killed so often, at moments drawn from its whole time, ends as one that is not."""
    takes = folds.train(content("whole", name, *overrides))
    expected = left_by(tmp_path / "whole" / "fold_0")
    draws = random.Random(f"{name} {overrides}")
    stopped = 0
    while stopped < kills:
        shutil.rmtree(tmp_path / "stopped", ignore_errors=True)
        again = content("stopped", name, *overrides)
        while stopped < kills and folds.kill(again, takes * draws.random()):
            stopped += 1
        if not (tmp_path / "stopped" / "fold_0" / "run.json").exists():
            folds.train(again)
        assert left_by(tmp_path / "stopped" / "fold_0") == expected
        assert not any((tmp_path / "stopped" / "fold_0" / name).exists() for name in UNFINISHED)


@pytest.mark.parametrize(("name", "selection"), zip(ONE_OF_EACH, cycle(SELECTIONS)))
def test_every_method_that_is_killed_goes_on_to_the_same_end(
    folds, content, tmp_path, name, selection
) -> None:
    assert_goes_on(folds, content, tmp_path, name, 2, f"selection={selection}")


@pytest.mark.slow
@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("name", TRAINED)
def test_every_method_goes_on_however_often_it_is_killed(folds, content, tmp_path, name, selection) -> None:
    assert_goes_on(folds, content, tmp_path, name, 10, f"selection={selection}")
