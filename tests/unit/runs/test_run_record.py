"""A run is its folds, brought together."""

import json
import shutil
import statistics as plain

import h5py
import pandas as pd
import pytest
from omegaconf import DictConfig, OmegaConf
from support.run_folders import EARLIER
from support.runs import record, rows

from vsumlab.config import compose_config
from vsumlab.errors import UserError
from vsumlab.runs import run_record
from vsumlab.runs.record import file_record
from vsumlab.runs.run_record import (
    check_finished_fold,
    check_same_data,
    configuration_differs,
    finish_run,
    keep_configuration,
    mean_metrics,
    merged,
)


def of_fold(fold: int, **changes: object) -> dict:
    """A fold's record."""
    return {
        "status": "done",
        "fold": fold,
        "started": f"2026-01-0{fold + 1}T00:00:00+00:00",
        "wall_time_s": 10.26,
        "cpu_time_s": 20.5,
        "folds": {str(fold): {"train": ["a"], "test": ["b"] * (fold + 1)}},
        "fold_seeds": {str(fold): 100 + fold},
        "chosen_epochs": {str(fold): {"csnet": 3}},
        "git": {"commit": "c" * 40, "dirty": False, "changes": None},
        "leak_check": {"by": "key", "train_videos": 8, "test_videos": 2},
        "constant_annotators": fold,
        "random_spread": dict.fromkeys(
            ("f1_mean", "f1_max", "kendall_tau", "spearman_rho", "score_variance"), 0.1
        ),
        "metrics": {"test/f1": 0.1 * fold},
        **changes,
    }


def test_folds_of_an_earlier_version_have_no_time_on_the_cpu() -> None:
    earlier = of_fold(0)
    del earlier["cpu_time_s"]
    assert "cpu_time_s" not in merged([earlier, of_fold(1)])
    assert merged([earlier, of_fold(1)])["wall_time_s"] == 20.5


def test_what_folds_have_is_together_what_the_run_has() -> None:
    found = merged([of_fold(fold) for fold in (0, 1, 2)])
    assert (
        found["folds"].keys()
        == found["fold_seeds"].keys()
        == found["chosen_epochs"].keys()
        == {"0", "1", "2"}
    )
    assert found["fold_seeds"]["2"] == 102
    assert found["started"] == "2026-01-01T00:00:00+00:00"
    assert (found["wall_time_s"], found["cpu_time_s"]) == (30.8, 61.5)
    assert found["constant_annotators"] == 3
    assert found["leak_check"] == {"by": "key", "train_videos": 24, "test_videos": 6}
    assert found["metrics"] == {"test/f1": pytest.approx(0.1)}
    assert found["git"] == {"commit": "c" * 40, "dirty": False, "changes": None}


def test_metrics_that_a_fold_lacks_have_no_mean() -> None:
    both, one = {"metrics": {"a": 1.0, "b": 3.0}}, {"metrics": {"a": 2.0}}
    assert mean_metrics([both, one]) == {"a": 1.5}
    assert mean_metrics([one, both]) == {"a": 1.5}


def test_a_run_that_went_on_at_another_commit_lists_both() -> None:
    later = {"commit": "d" * 40, "dirty": False, "changes": None}
    found = merged([of_fold(0), of_fold(1, git=later), of_fold(2, git=later)])
    assert found["git"]["commit"] == "c" * 40
    assert found["git"]["commits"] == ["c" * 40, "d" * 40]


@pytest.mark.parametrize(
    ("changes", "dirty", "expected"),
    [
        ((None, None), False, None),
        (("e", "e"), True, "e"),
        (("e", "f"), True, None),
        ((None, "e"), True, None),
        (("e", None), True, None),
    ],
)
def test_a_run_of_differently_changed_code_is_one_with_no_other(changes, dirty, expected) -> None:
    """A checksum of one fold's changes would have it pooled with runs that are all of those."""
    commit = {"commit": "c" * 40}
    folds = [of_fold(i, git=commit | {"dirty": bool(c), "changes": c}) for i, c in enumerate(changes)]
    git = merged(folds)["git"]
    assert (git["dirty"], git["changes"]) == (dirty, expected)


def test_an_installed_package_has_neither_commit_nor_changes() -> None:
    nothing = {"commit": None, "dirty": None, "changes": None}
    assert merged([of_fold(fold, git=nothing) for fold in (0, 1)])["git"] == nothing


def test_a_configuration_is_kept_before_anything_and_only_its_own_goes_on(tmp_path) -> None:
    config = compose_config(["data=tvsum", f"paths.run={tmp_path / 'run'}"])
    keep_configuration(tmp_path / "run", config)
    assert OmegaConf.load(tmp_path / "run" / "config.yaml") == OmegaConf.create(
        OmegaConf.to_container(config, resolve=True)
    )
    before = (tmp_path / "run" / "config.yaml").read_bytes()
    keep_configuration(tmp_path / "run", config)
    other = compose_config(["data=tvsum", "method.sparsity=0.9", f"paths.run={tmp_path / 'run'}"])
    said = r"holds a run of another configuration \(method.sparsity: 0.5, now 0.9\): choose another folder"
    with pytest.raises(UserError, match=said):
        keep_configuration(tmp_path / "run", other)
    assert (tmp_path / "run" / "config.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("overrides", "differs"),
    [
        ((), ""),
        (("paths.run=elsewhere", "paths.runs=elsewhere", "folds_at_once=2", "threads=2"), ""),
        (("trainer.enable_checkpointing=false",), ""),
        (("paths.data=elsewhere",), ""),
        (("data.file=/disk/eccv16_dataset_tvsum_google_pool5.h5", "data.folder=elsewhere"), ""),
        (("data.annotations=[a/ydata-tvsum50.mat,b/ydata-tvsum50-anno.tsv]",), ""),
        (
            ("data.file=/disk/tvsum.h5",),
            "data.file: eccv16_dataset_tvsum_google_pool5.h5, now /disk/tvsum.h5",
        ),
        (("seed=1",), "seed: 0, now 1"),
        (("fold=0",), "fold: all, now 0"),
        (("+trainer.limit_train_batches=2",), "trainer.limit_train_batches: None, now 2"),
    ],
)
def test_configurations_differ_in_what_could_change_a_figure(tmp_path, overrides, differs) -> None:
    keep_configuration(tmp_path, compose_config(["data=tvsum"]))
    assert (
        configuration_differs(compose_config(["data=tvsum", *overrides]), tmp_path / "config.yaml") == differs
    )


@pytest.mark.parametrize("folder", ["", "fold_1"])
@pytest.mark.parametrize("entry", ["data.file", "data.splits", "data.annotations", "setting.others.more"])
def test_another_folder_is_no_difference_but_another_content_is(tmp_path, folder, entry) -> None:
    """Of a finished run and of a finished fold of one that goes on, before anything is trained."""

    def asked(place: str, content: str) -> DictConfig:
        path = tmp_path / place / "some.h5"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        return compose_config(["data=tvsum", f"+{entry}={path}" if "more" in entry else f"{entry}={path}"])

    run, first = tmp_path / "run", asked("here", "content")
    keep_configuration(run, first)
    record = {"trained_on": {}}
    where = {"data.file": "data", "data.splits": "splits", "data.annotations": "annotations"}
    (record if entry in where else record["trained_on"])[where.get(entry, "more")] = file_record(
        tmp_path / "here" / "some.h5"
    )
    (run / folder).mkdir(exist_ok=True)
    (run / folder / "run.json").write_text(json.dumps({"status": "done", **record}))
    keep_configuration(run, asked("there", "content"))
    other = asked("there", "another content")
    with pytest.raises(
        UserError, match=r"another configuration \(\S+/there/some.h5: another content than in"
    ):
        keep_configuration(run, other)
    (run / folder / "run.json").unlink()
    keep_configuration(run, other)


@pytest.mark.parametrize("content", ["a: [1", "[1, 2]", "x: ${y}"])
def test_a_folder_with_something_else_for_a_configuration_is_refused(tmp_path, content) -> None:
    (tmp_path / "config.yaml").write_text(content)
    with pytest.raises(UserError, match=r"of another configuration \(config\.yaml cannot be read: .+\)"):
        keep_configuration(tmp_path, compose_config(["data=tvsum"]))


def test_a_run_that_an_earlier_version_began_may_go_on(tmp_path) -> None:
    (tmp_path / "config.yaml").write_text(EARLIER)
    on = (
        *("experiment=csnet_canonical", "method=csnet_unscaled"),
        *("data=tvsum", "data.source=python -m vsumlab.fetch tvsum gets it"),
    )
    config = compose_config(on)
    assert configuration_differs(config, tmp_path / "config.yaml") == ""
    assert (
        configuration_differs(compose_config([*on, "seed=1"]), tmp_path / "config.yaml") == "seed: 0, now 1"
    )


@pytest.fixture
def folds(trained, tmp_path):
    """A run whose folds are done, but which has not been summed up."""
    run = shutil.copytree(trained, tmp_path / "run")
    for name in ("run.json", "videos.csv", "scores.h5", "table.txt"):
        (run / name).unlink()
    return run


def config_of(run):
    return OmegaConf.load(run / "config.yaml")


def test_a_runs_files_are_those_of_its_folds(folds, trained) -> None:
    table = finish_run(folds, config_of(folds), (0, 1))
    both = [row for fold in (0, 1) for row in rows(folds / f"fold_{fold}")]
    assert rows(folds) == both
    assert [*table["video"]] == [row["video"] for row in both]
    with h5py.File(folds / "scores.h5") as file:
        for fold in (0, 1):
            with h5py.File(folds / f"fold_{fold}" / "scores.h5") as own:
                assert [*own] == [f"fold_{fold}"]
                for name in ("importance_scores", "summary"):
                    for video in own[f"fold_{fold}"]:
                        place = f"fold_{fold}/{video}/csnet/{name}"
                        assert file[place][()].tolist() == own[place][()].tolist()
    found = record(folds)
    assert (found["status"], found["fold"]) == ("done", "all")
    assert found == record(trained) | {name: found[name] for name in ("wall_time_s", "cpu_time_s")}


def test_a_runs_means_are_over_videos_then_folds(folds) -> None:
    finish_run(folds, config_of(folds), (0, 1))
    found = record(folds)["results"]["csnet"]
    taus = [
        [float(r["kendall_tau"]) for r in rows(folds / f"fold_{fold}") if r["scorer"] == "csnet"]
        for fold in (0, 1)
    ]
    assert found["mean"]["kendall_tau"] == pytest.approx(plain.mean(map(plain.mean, taus)))
    assert found["spread"]["kendall_tau"] == pytest.approx(plain.stdev(map(plain.mean, taus)))
    assert record(folds)["metrics"]["test/kendall_tau"] == pytest.approx(found["mean"]["kendall_tau"])


def test_histories_of_folds_are_one(folds) -> None:
    for fold in (0, 1):
        frame = pd.DataFrame({"fold": [fold] * 2, "epoch": [1, 2], "csnet": [0.1, 0.2]})
        frame.to_csv(folds / f"fold_{fold}" / "epochs.csv", index=False)
    finish_run(folds, config_of(folds), (0, 1))
    assert pd.read_csv(folds / "epochs.csv")["fold"].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("step", ["join_scores", "summarize"])
def test_a_run_that_was_not_summed_up_to_its_end_is_not_done(folds, monkeypatch, step) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(run_record, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            finish_run(folds, config_of(folds), (0, 1))
    assert not (folds / "run.json").exists()
    finish_run(folds, config_of(folds), (0, 1))
    assert json.loads((folds / "run.json").read_text())["status"] == "done"


def test_a_metric_that_is_no_number_in_a_fold_has_no_mean() -> None:
    records = [of_fold(0), of_fold(1, metrics={"test/f1": None})]
    assert mean_metrics(records) == mean_metrics(records[::-1]) == {}


@pytest.mark.parametrize("replaced", ["data", "annotations", "trained_on", "sources"])
def test_folds_of_other_data_or_code_are_not_folds_of_one_run(tmp_path, replaced) -> None:
    def of_files(fold: int, **changes: str) -> dict:
        sums = {"data": "d", "annotations": "a", "trained_on": "t", "sources": "s"} | changes
        files = {name: {"file": f"{fold}/{name}.h5", "sha256": value} for name, value in sums.items()}
        several = {"trained_on": {"ovp": files["trained_on"]}, "sources": {"mine.Mine": files["sources"]}}
        return of_fold(fold, **files | several)

    check_same_data(tmp_path, (0, 2), [of_files(0), of_files(2)])
    with pytest.raises(UserError, match=r"fold_2: was made with other files than fold 0: move"):
        check_same_data(tmp_path, (0, 2), [of_files(0), of_files(2, **{replaced: "x"})])


def test_a_finished_fold_of_another_configuration_is_refused(tmp_path) -> None:
    folder = tmp_path / "fold_1"
    folder.mkdir()
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(compose_config(["fold=1", "seed=5"]), resolve=True))
    ours = compose_config(["fold=1", "seed=0"])
    check_finished_fold(tmp_path, ours)  # it is not done, so it will be made anew
    (folder / "run.json").write_text('{"status": "done"}')
    with pytest.raises(UserError, match=r"fold_1: is done with another configuration \(seed: 5, now 0\)"):
        check_finished_fold(tmp_path, ours)
    check_finished_fold(tmp_path, compose_config(["fold=1", "seed=5", "folds_at_once=2"]))
