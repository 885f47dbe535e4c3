"""Runs of one configuration as one, and which of their curves are worth a plot."""

import pandas as pd
import pytest
from support.run_folders import made_run

from vsumlab.methods.registry import methods
from vsumlab.report.curves import curves_by_name, named_groups, traces_of, worth_drawing
from vsumlab.runs.reading import find_runs


def log(run, fold: int, *losses: float, name: str = "train/loss") -> None:
    """Leaves a log in a run folder, a line an epoch."""
    (run / f"fold_{fold}").mkdir(exist_ok=True)
    lines = [f"{epoch},{loss}" for epoch, loss in enumerate(losses)]
    (run / f"fold_{fold}" / "metrics.csv").write_text("\n".join([f"epoch,{name}", *lines]) + "\n")


def test_groups_are_named_by_what_differs(tmp_path) -> None:
    for name, run in {
        "a": {"overrides": ("x=1", "seed=0")},
        "b": {"overrides": ("x=1", "seed=1"), "seed": 1},
        "c": {"overrides": ("x=2",)},
        "d": {"overrides": ("x=2",), "dataset": "summe"},
        "e": {"overrides": ("x=2",), "setting": "transfer"},
        "f": {"overrides": ("x=2",), "name": "other", "folds": (0,)},
        "g": {"overrides": ("x=9",), "status": "failed", "error": "no"},
    }.items():
        made_run(tmp_path / name, {"ours": 0.4}, **run)
    groups = named_groups(find_runs([tmp_path]))
    assert [name for name, _ in groups] == [
        "made · tvsum · canonical · x=1",
        "made · tvsum · canonical · x=2",
        "made · summe · canonical · x=2",
        "made · tvsum · transfer · x=2",
    ]
    assert [[run.folder.name for run in runs] for _, runs in groups] == [["a", "b"], ["c", "f"], ["d"], ["e"]]


def test_what_nothing_tells_apart_has_the_experiments_name(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4})
    assert [name for name, _ in named_groups(find_runs([tmp_path]))] == ["made"]
    assert named_groups([]) == []


def test_groups_whose_names_come_out_the_same_are_numbered(tmp_path) -> None:
    dataset = {"data": {"name": "tvsum"}, "setting": {"name": "canonical"}}
    for number, entries in enumerate(({"a": "1, b=2"}, {"a": 1, "b": 2}, {"a": 1, "b": 3})):
        made_run(tmp_path / f"{number}", {"ours": 0.4}, config=dataset | entries)
    names = [name for name, _ in named_groups(find_runs([tmp_path]))]
    assert names == ["a=1, b=2", "a=1, b=2 (2)", "a=1, b=3"]


def test_curves_are_those_of_the_lowest_seed_and_scores_of_all(tmp_path) -> None:
    for seed in (3, 2):
        made_run(tmp_path / f"{seed}", {"ours": 0.4}, seed=seed, overrides=(f"seed={seed}",))
        log(tmp_path / f"{seed}", 0, seed)
    runs = find_runs([tmp_path])
    assert traces_of(runs).curves.to_dict("list") == {"fold": [0], "epoch": [0], "train/loss": [2.0]}


def test_folds_of_a_seed_that_were_run_apart_are_one_group_of_curves(tmp_path) -> None:
    for fold in (0, 1):
        made_run(tmp_path / f"{fold}", {"ours": 0.4}, folds=(fold,), overrides=("x=1", f"fold={fold}"))
        log(tmp_path / f"{fold}", fold, 5.0 + fold, 4.0)
    found = curves_by_name(find_runs([tmp_path]))
    assert [*found] == ["made"]
    (curves,) = found.values()
    assert curves.to_dict("list") == {
        "fold": [0, 0, 1, 1],
        "epoch": [0, 1, 0, 1],
        "train/loss": [5.0, 4.0, 6.0, 4.0],
    }


@pytest.mark.parametrize("name", sorted(methods()))
def test_a_method_says_which_of_its_curves_are_worth_a_plot(name) -> None:
    method = methods()[name]
    chosen = [curve for curve, _ in method.curves]
    logged = pd.DataFrame(
        1.0, index=[0], columns=["fold", "epoch", "train/else", *chosen[::-1], "validation/loss"]
    )
    target = f"{method.__module__}.{method.__qualname__}"
    shown = [column for column in worth_drawing(logged, target) if column not in ("fold", "epoch")]
    wanted = chosen or ["train/else"]
    assert shown == [*wanted, *(["validation/loss"] if "validation/loss" not in wanted else [])]


def test_of_a_method_that_is_not_there_all_is_drawn() -> None:
    logged = pd.DataFrame(1.0, index=[0], columns=["fold", "epoch", "train/a", "validation/loss"])
    assert [*worth_drawing(logged, "nobodys.Method")] == [*logged]
