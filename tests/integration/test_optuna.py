"""Searches by Optuna: they go by validation videos, in the right direction, and go on by the same command."""

import shutil
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from support import PROJECT
from support.runs import record

pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="needs optuna")

TAU, LOSS = "validation/chosen/kendall_tau", "validation/chosen/loss"
SEARCHES = sorted(file.stem for file in PROJECT.glob("conf/experiment/*_search.yaml"))
SMALL = {
    "csnet_search": ("method.hidden_size=8",),
    "contrastive_search": ("method.frames=20", "method.segment_length=5"),
}


@pytest.fixture
def small(tiny_file) -> tuple[str, ...]:
    return ("debug=smoke", "random_draws=2", "data=tvsum", f"data.file={tiny_file}", "hydra.sweep.dir=sweep")


def values(metric: str, sweep: Path = Path("sweep")) -> dict[Path, float]:
    """What each run of a search came to, by its own record."""
    done = [file.parent for file in sweep.glob("*/run.json") if record(file.parent)["status"] == "done"]
    return {run: record(run)["metrics"][metric] for run in done}


def best() -> float:
    return float(OmegaConf.load("sweep/optimization_results.yaml").best_value)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name != "csnet_search")) for name in SEARCHES]
)
def test_a_search_goes_on_by_the_same_command(name, small, command, capsys) -> None:
    search = ("-m", f"experiment={name}", *small, *SMALL[name])
    assert command(*search, "hydra.sweeper.n_trials=2") == 0
    first = values(TAU)
    assert len(first) == 2
    assert best() == pytest.approx(max(first.values()))
    for run in first:
        assert record(run)["selection"] == "validation"
        assert [*record(run)["folds"]] == ["0"], "one fold, whose test videos may be asked in the end"
    before = {run: (run / "run.json").read_bytes() for run in first}
    assert command(*search, "hydra.sweeper.n_trials=3") == 0
    assert "Traceback" not in capsys.readouterr().err
    assert len(values(TAU)) == 3
    assert {run: (run / "run.json").read_bytes() for run in first} == before
    assert best() == pytest.approx(max(values(TAU).values()))


@pytest.mark.slow
def test_a_loss_is_minimized(small, command) -> None:
    search = ("-m", "experiment=csnet_search", *small, *SMALL["csnet_search"], "hydra.sweeper.n_trials=3")
    assert command(*search, f"optimized_metric={LOSS}") == 0
    assert best() == pytest.approx(min(values(LOSS).values()))
    assert len(set(values(LOSS).values())) > 1


def test_what_was_broken_off_comes_first_and_what_failed_ends_nothing(small, command, capsys) -> None:
    fails = ("+callbacks.fails._target_=support.ranks.FailsOnce", "+callbacks.fails.fold=0")
    search = ("-m", "experiment=csnet_search", *small, *SMALL["csnet_search"], *fails)
    search = (*search, "+callbacks.fails.file=failed.txt", "hydra.sweeper.n_trials=2")
    assert command(*search) == 2
    assert "the loss is not a number" in capsys.readouterr().err
    (done,) = values(TAU)
    folders = {path.name for path in Path("sweep").iterdir() if path.is_dir()}
    assert len(folders) == 2
    (done / "run.json").unlink()
    shutil.rmtree(done / "fold_0")
    command(*search)  # two trials are to be complete, of which none is now
    assert done in values(TAU)
    assert len(values(TAU)) == 2
    assert len({path.name for path in Path("sweep").iterdir() if path.is_dir()} - folders) == 1


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("test/f1", "optimized_metric=test/f1: nothing is chosen on test videos"),
        ("null", "hydra/sweeper=optuna: goes by no metric"),
    ],
)
def test_a_search_that_would_go_by_test_videos_is_refused_at_once(
    metric, said, small, command, capsys
) -> None:
    assert command("-m", "experiment=csnet_search", *small, f"optimized_metric={metric}") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not list(Path("sweep").glob("*"))
