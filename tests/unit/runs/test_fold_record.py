"""What a fold leaves behind: nothing that says it is done before all of it is there."""

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest
from support.runs import SMALL, record, rows

from vsumlab.config import compose_config
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.runs import fold_record
from vsumlab.runs.fold_record import fold_seed, write_failure
from vsumlab.runs.record import Origin
from vsumlab.train import train


def test_a_fold_has_a_seed_of_its_own_whatever_runs_before_it() -> None:
    seeds = {(seed, fold): fold_seed(seed, fold) for seed in range(20) for fold in range(20)}
    assert len(set(seeds.values())) == len(seeds), "seed 0, fold 1 is not seed 1, fold 0"
    assert seeds[0, 0] == 2968811710, "as it was in version 0.1.0: figures can be repeated"
    assert all(type(value) is int and 0 <= value < 2**32 for value in seeds.values())


def test_a_record_says_what_its_fold_is_of(trained) -> None:
    config = compose_config(["data=tvsum", "setting.n_folds=2"])
    for fold in (0, 1):
        found = record(trained / f"fold_{fold}")
        assert (found["status"], found["fold"], found["seed"]) == ("done", fold, 0)
        assert found["name"] == config.name
        assert found["dataset"] == {"name": "tvsum", "headline": "mean", "remark": ""}
        assert (found["setting"], found["selection"], found["main_scorer"]) == (
            *("canonical", "validation"),
            "csnet",
        )
        (division,) = found["folds"].values()
        parts = [set(division[part]) for part in ("train", "validation", "test")]
        assert set.union(*parts) == {f"video_{i}" for i in range(1, 11)}
        assert sum(map(len, parts)) == 10
        assert {row["video"] for row in rows(trained / f"fold_{fold}")} == parts[2]
        assert found["fold_seeds"] == {str(fold): fold_seed(0, fold)}
        assert found["data"]["sha256"] == hashlib.sha256(Path(found["data"]["file"]).read_bytes()).hexdigest()
        assert found["annotations"] is None
        assert "a smoke run, no result" in found["remarks"]
        assert found["chosen_epochs"][str(fold)]
        assert {"test/f1", "validation/chosen/kendall_tau"} <= found["metrics"].keys()


def test_a_folds_rows_are_its_own(trained) -> None:
    for fold in (0, 1):
        table = pd.read_csv(trained / f"fold_{fold}" / "videos.csv")
        assert [*table] == COLUMNS
        assert set(table["fold"]) == {fold}
        assert not (trained / f"fold_{fold}" / "epochs.csv").exists(), "nobody looked at test videos"


def test_an_oracles_fold_keeps_what_it_saw(tiny_file, tmp_path) -> None:
    on = (*SMALL, "data=tvsum", f"data.file={tiny_file}", "fold=1", f"paths.run={tmp_path}")
    train(compose_config([*on, "selection=test_oracle", "trainer.max_epochs=2"]))
    history = pd.read_csv(tmp_path / "fold_1" / "epochs.csv")
    assert history["fold"].tolist() == [1, 1]
    assert next(iter(history)) == "fold"
    assert record(tmp_path / "fold_1")["selection"] == "test_oracle"


@pytest.fixture
def small(tiny_file) -> list[str]:
    """A fold without training."""
    on = ["data=tvsum", f"data.file={tiny_file}", "fold=1", "random_draws=2", "callbacks.figures.videos=0"]
    return ["experiment=contrastive_pretrained", *on]


@pytest.mark.parametrize("step", ["write_scores", "write_table", "summarize", "environment"])
def test_a_fold_that_was_not_written_to_its_end_is_not_done(small, tmp_path, monkeypatch, step) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    config = compose_config([*small, f"paths.run={tmp_path}"])
    with monkeypatch.context() as patch:
        patch.setattr(fold_record, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            train(config)
    assert not (tmp_path / "fold_1" / "run.json").exists()
    metrics = train(config)
    found = record(tmp_path / "fold_1")
    assert found["status"] == "done"
    assert found["metrics"] == pytest.approx(metrics)


def test_changes_of_the_method_are_said(small, tmp_path) -> None:
    overrides = [*small, "method.neighbour_share=0.2", "+trainer.limit_predict_batches=1.0"]
    train(compose_config([*overrides, f"paths.run={tmp_path}"]), Origin("by hand", overrides))
    found = record(tmp_path / "fold_1")
    assert found["command"] == "by hand"
    assert found["remarks"] == ["method.neighbour_share=0.2, +trainer.limit_predict_batches=1.0"]


def test_a_failure_is_its_first_line(tmp_path) -> None:
    config = compose_config(["name=mine"])
    folder = tmp_path / "fold_0"
    folder.mkdir()
    write_failure(folder, config, Origin("the command", ["name=mine"]), ValueError("no\nmore of it"))
    found = json.loads((folder / "run.json").read_text())
    assert (found["status"], found["error"], found["name"]) == ("failed", "ValueError: no", "mine")
    assert (found["command"], found["overrides"]) == ("the command", ["name=mine"])
    assert {"git", "versions", "machine"} <= found.keys()
    write_failure(folder, config, Origin("", []), KeyError())
    assert record(folder)["error"].startswith("KeyError")
