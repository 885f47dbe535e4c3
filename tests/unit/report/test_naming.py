"""Rows are named from what differs between the resolved configurations of their runs, and nothing else."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.run_folders import changed, composed_run, earlier_run, made_run

from vsumlab.config import compose_config, flattened
from vsumlab.report.naming import compared, differing, folders_in_short, identities, labels
from vsumlab.runs.reading import find_runs


def named(folder) -> list[str]:
    """What the runs in a folder are called, in the order of their folders' names."""
    identity = identities(find_runs([folder]))
    return labels(identity, differing(identity)).tolist()


def groups(folder) -> list[int]:
    """Which of the runs in a folder are one but for fold and seed."""
    identity = identities(find_runs([folder]))
    return identity.groupby(list(identity), sort=False).ngroup().tolist()


def test_a_name_comes_out_of_the_configuration_whatever_the_overrides_say(tmp_path) -> None:
    """The same configuration, asked for in two ways, is one row: overrides as text would make it two."""
    composed_run(tmp_path / "a", {"csnet": 0.4}, "experiment=csnet_canonical", "data=tvsum")
    composed_run(tmp_path / "b", {"csnet": 0.4}, "method=csnet", "data=tvsum", "method.divisions=4", "seed=1")
    composed_run(tmp_path / "c", {"csnet": 0.4}, "experiment=csnet_m", "data=tvsum", "method.divisions=8")
    assert groups(tmp_path) == [0, 0, 1]
    assert named(tmp_path) == ["divisions=4", "divisions=4", "divisions=8"]


def test_the_same_overrides_on_another_default_are_another_row(tmp_path) -> None:
    """As when a default of `conf` changes between two versions: once both were called nothing, and pooled."""
    for name, rate in (("a", 0.1), ("b", 0.2)):
        config = {"data": {"name": "tvsum"}, "setting": {"name": "canonical"}, "method": {"rate": rate}}
        made_run(tmp_path / name, {"ours": 0.4}, config=config)
    assert named(tmp_path) == ["rate=0.1", "rate=0.2"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("fold", 2), ("seed", 3), ("workers", 2), ("random_draws", 7), ("folds_at_once", 2)),
        ("threads", 2),
        *(("remark", "mine"), ("name", "other"), ("published", "csnet table 2")),
        *(("paths.data", "elsewhere"), ("paths.runs", "elsewhere"), ("paths.run", "elsewhere")),
        *(("logger._target_", "pytorch_lightning.loggers.WandbLogger"), ("callbacks.figures.videos", 3)),
        *(("trainer.accelerator", "gpu"), ("trainer.devices", 2), ("+trainer.strategy", "ddp")),
        ("compile", True),
        *(("trainer.enable_progress_bar", True), ("trainer.log_every_n_steps", 5)),
        *(("optimized_metric", "validation/loss"), ("data.folder", "elsewhere"), ("data.source", "other")),
    ],
)
def test_what_changes_no_figure_makes_no_row(run, name, value) -> None:
    identity = identities([run, changed(run, name, value)])
    assert differing(identity) == []
    assert identity.duplicated().tolist() == [False, True]


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("trainer.max_epochs", 40, "max_epochs=40"),
        ("+trainer.limit_train_batches", 2, "limit_train_batches=2"),
        ("trainer.precision", "bf16-mixed", "precision=bf16-mixed"),
        ("batch_size", 8, "batch_size=8"),
        ("method.learning_rate", 1.0, "learning_rate=1.0"),
        ("setting.fold_seed", 7, "fold_seed=7"),
        ("data.rank_reference", "user_summary", "rank_reference=user_summary"),
        ("data.file", "other.h5", "file=other.h5"),
        ("selection._target_", "my.BestEpoch", "selection=best_epoch"),
    ],
)
def test_what_may_change_a_figure_makes_a_row_and_names_it(run, name, value, label) -> None:
    identity = identities([run, changed(run, name, value)])
    assert identity.duplicated().tolist() == [False, False]
    assert labels(identity, differing(identity)).iloc[1] == label


def test_every_entry_of_the_configuration_is_compared_but_for_those_of_the_machine() -> None:
    """So that an entry that is added to `conf` is thought of here."""
    config = flattened(compose_config(["data=tvsum", "method.supervised=true"]))
    left = {name for name in config if not compared(name, config)}
    assert {name for name in left if name.startswith(("method.", "setting.", "selection."))} == set()
    assert {name for name in left if name.startswith("data.")} == {
        "data.folder",
        "data.source",
        "data.annotations",
    }
    assert {name for name in left if "." not in name} == {
        *("name", "fold", "seed", "workers", "random_draws", "remark", "published"),
        *("folds_at_once", "threads", "compile", "optimized_metric", "trust"),
    }


@pytest.mark.parametrize("supervised", [False, True])
def test_a_weight_without_a_loss_makes_no_row(tmp_path, supervised) -> None:
    for weight in (1, 1000):
        on = ("data=tvsum", f"method.supervised={supervised}", f"method.supervised_weight={weight}")
        composed_run(tmp_path / str(weight), {"csnet": 0.4}, *on)
    assert len(set(groups(tmp_path))) == 1 + supervised


def test_two_files_of_a_method_are_told_apart_by_their_names(tmp_path) -> None:
    for name in ("contrastive", "contrastive_paper"):
        composed_run(tmp_path / name, {"align": 0.4}, f"method={name}", "data=tvsum")
    assert named(tmp_path) == ["method=contrastive", "method=contrastive_paper"]


def test_scores_from_elsewhere_are_named_by_their_scorer_alone(tmp_path) -> None:
    composed_run(tmp_path / "a", {"csnet": 0.4}, "data=tvsum")
    for name in ("mine", "theirs"):
        made_run(tmp_path / name, {name: 0.5}, overrides=(f"name={name}", f"method_name={name}"))
    assert named(tmp_path)[1:] == ["", ""]
    assert named(tmp_path)[0].startswith("method=csnet")
    assert len(set(groups(tmp_path))) == 3


def test_what_follows_from_dataset_and_setting_is_not_said(tmp_path) -> None:
    """File and reduction of F1 follow from the dataset, and `others` from the setting."""
    composed_run(tmp_path / "a", {"csnet": 0.4}, "data=tvsum")
    composed_run(tmp_path / "b", {"csnet": 0.4}, "data=summe")
    composed_run(tmp_path / "c", {"csnet": 0.4}, "data=tvsum", "setting=augmented")
    assert named(tmp_path) == ["", "", ""]


def test_names_in_short_are_whole_where_they_could_be_mistaken(tmp_path) -> None:
    for number, (mine, its) in enumerate(((1, 1), (1, 2), (2, 1))):
        overrides = (f"method.rate={mine}", f"trainer.rate={its}")
        made_run(tmp_path / str(number), {"ours": 0.4}, overrides=overrides)
    assert named(tmp_path) == [
        "method.rate=1, trainer.rate=1",
        "method.rate=1, trainer.rate=2",
        "method.rate=2, trainer.rate=1",
    ]


def test_runs_on_data_of_other_content_are_different_and_named_by_its_checksum(tmp_path) -> None:
    for content in "aab":
        file = {"file": "data/tvsum.h5", "sha256": content * 64}
        made_run(tmp_path / f"{len(list(tmp_path.iterdir()))}", {"ours": 0.4}, data=file)
    assert groups(tmp_path) == [0, 0, 1]
    assert named(tmp_path) == ["data=aaaaaaaa", "data=aaaaaaaa", "data=bbbbbbbb"]


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"annotations": {"file": "a.mat", "sha256": 64 * "c"}}, "annotations=cccccccc"),
        ({"trained_on": {"ovp": {"file": "o.h5", "sha256": 64 * "d"}}}, "trained on=ovp:dddddddd"),
    ],
)
def test_runs_by_other_annotations_or_trained_on_other_content_are_different(tmp_path, record, name) -> None:
    data = {"file": "data/tvsum.h5", "sha256": 64 * "a"}
    made_run(tmp_path / "0", {"ours": 0.4}, data=data)
    made_run(tmp_path / "1", {"ours": 0.4}, data=data, **record)
    assert groups(tmp_path) == [0, 1]
    assert named(tmp_path) == ["", name]


def test_where_a_file_lies_makes_no_difference(tmp_path) -> None:
    for folder in ("here", "there"):
        file = {"file": f"{folder}/tvsum.h5", "sha256": 64 * "a"}
        made_run(tmp_path / folder, {"ours": 0.4}, data=file)
    assert groups(tmp_path) == [0, 0]


def test_a_run_that_has_not_seen_its_data_is_not_told_apart_by_them(tmp_path) -> None:
    data = {"file": "data/tvsum.h5", "sha256": 64 * "a"}
    made_run(tmp_path / "done", {"ours": 0.4}, data=data)
    made_run(tmp_path / "failed", {}, seed=1, status="failed", error="no")
    assert groups(tmp_path) == [0, 0]


def test_uncommitted_code_is_told_apart_by_its_checksum_and_stands_alone_without_one(tmp_path) -> None:
    commit = {"commit": "0123456789abcdef", "dirty": True}
    for number, git in enumerate(
        (
            {"commit": "0123456789abcdef", "dirty": False},
            {"commit": "fedcba9876543210", "dirty": False},
            commit | {"changes": 64 * "e"},
            commit | {"changes": 64 * "e"},
            commit | {"changes": 64 * "f"},
            commit,
            commit,
            {"commit": None, "dirty": None, "changes": None},
        )
    ):
        made_run(tmp_path / str(number), {"ours": 0.4}, git=git)
    assert groups(tmp_path) == [0, 0, 1, 1, 2, 3, 4, 0]
    assert named(tmp_path) == [
        *("", ""),
        *2 * ["uncommitted code=012345678 changed eeeeeeee"],
        "uncommitted code=012345678 changed ffffffff",
        *("uncommitted code=012345678 changed of run 5", "uncommitted code=012345678 changed of run 6"),
        "",
    ]


def test_a_changed_source_of_a_method_of_ones_own_is_another_row(tmp_path) -> None:
    """Or its runs would be one that came out differently, and no report could have both."""
    target = ("method._target_=mine.Mine",)
    for number, (checksum, level) in enumerate((("a", 0.4), ("b", 0.5), ("b", 0.5))):
        sources = {"mine.Mine": {"file": f"/home/{number}/mine.py", "sha256": 64 * checksum}}
        made_run(tmp_path / str(number), {"ours": level}, overrides=target, sources=sources)
    made_run(tmp_path / "3", {}, seed=1, overrides=target, status="failed", error="no")
    assert groups(tmp_path) == [0, 1, 1, 0]
    assert named(tmp_path) == [f"own code={8 * each}" for each in "abba"]
    for run in find_runs([tmp_path]):
        assert "/home" not in str(run.record), "where it is is nobody's business, in a study that is kept"


def test_a_failed_run_is_one_with_those_of_its_own_method(tmp_path) -> None:
    """Not of another one, whose source is a user's own."""
    own = {"mine.Mine": {"file": "mine.py", "sha256": 64 * "a"}}
    mine, ours = (
        ("method_name=mine", "method._target_=mine.Mine"),
        ("method_name=ours", "method._target_=b.B"),
    )
    made_run(tmp_path / "0", {"mine": 0.4}, overrides=mine, sources=own)
    made_run(tmp_path / "1", {}, seed=1, overrides=ours, status="failed", error="no")
    made_run(tmp_path / "2", {"ours": 0.4}, overrides=ours)
    made_run(tmp_path / "3", {}, seed=1, overrides=mine, status="failed", error="no")
    assert groups(tmp_path) == [0, 1, 1, 0]
    assert named(tmp_path) == ["method=mine", "method=ours", "method=ours", "method=mine"]


def test_the_source_of_what_tells_no_runs_apart_does_not(tmp_path) -> None:
    overrides = ("callbacks.mine._target_=mine.Callback",)
    for seed, checksum in enumerate("ab"):
        sources = {"mine.Callback": {"file": "mine.py", "sha256": 64 * checksum}}
        made_run(tmp_path / checksum, {"ours": 0.4}, seed=seed, overrides=overrides, sources=sources)
    assert groups(tmp_path) == [0, 0]


def test_a_run_of_an_earlier_version_is_one_with_todays_of_its_configuration(tmp_path) -> None:
    of_today = ("data=tvsum", "method=csnet_unscaled")
    composed_run(tmp_path / "today", {"csnet": 0.4}, *of_today, data={"sha256": 64 * "8"})
    earlier_run(tmp_path / "before", {"csnet": 0.4})
    earlier_run(tmp_path / "other", {"csnet": 0.4}, sparsity=0.5)
    runs = find_runs([tmp_path])
    identity = identities(runs)
    assert [run.folder.name for run in runs] == ["before", "other", "today"]
    assert labels(identity, differing(identity)).tolist() == ["sparsity=0.3", "sparsity=0.5", "sparsity=0.3"]
    assert groups(tmp_path) == [0, 1, 0]


def test_nothing_is_said_where_nothing_differs(tmp_path) -> None:
    made_run(tmp_path / "a", {"ours": 0.4}, overrides=("x=1",))
    assert named(tmp_path) == [""]


def test_where_very_many_entries_differ_names_have_what_is_unusual() -> None:
    names = ["method_name", *(f"method.{letter}" for letter in "abcdef")]
    usual = dict.fromkeys(names, "1.0") | {"method_name": "ours"}
    rows = [
        usual,
        *(usual | {name: "2.0"} for name in names[1:]),
        {**dict.fromkeys(names, ""), "method_name": "other"},
    ]
    rows = [row | {"method._target_": "a.Method"} for row in rows]
    found = labels(pd.DataFrame(rows), names)
    assert found.tolist() == [
        "method=ours",
        *(f"method=ours, {letter}=2.0" for letter in "abcdef"),
        "method=other",
    ]
    extra = pd.DataFrame(rows[:4]).assign(**{"method.g": ["", "", "here", ""]})
    shown = labels(extra, [*names, "method.g"])
    assert shown[2] == "method=ours, b=2.0, g=here", "what one row alone has is unusual"
    assert shown.nunique() == 4
    fewer = labels(pd.DataFrame(rows), names[:4])
    assert fewer[0] == "method=ours, a=1.0, b=1.0, c=1.0"


OVERRIDES = st.dictionaries(
    st.sampled_from(["method", "seed", "data.file"]), st.sampled_from(["None", "csnet", "0", "[1,2]"])
)


@given(st.lists(OVERRIDES, max_size=6), st.booleans())
def test_folders_in_short_are_different_where_the_folders_are(overrides, elsewhere) -> None:
    # in the order in which a sweep names them
    parts = [sorted(f"{name}={value}" for name, value in each.items()) for each in overrides]
    folders = [f"runs/x/{','.join(each)}" for each in parts]
    folders += ["None", *(["runs/a=1/2026-10-02"] if elsewhere else [])]
    short = folders_in_short(pd.Series(folders)).tolist()
    pairs = set(zip(folders, short, strict=True))
    assert len(pairs) == len(set(folders)) == len(set(short))
    assert ("None", "None") in pairs
    if all(each.get("method", "None") != "None" for each in overrides):
        methods = [each["method"] for each in overrides]
        assert [name.split(",seed")[0].split(",data")[0] for name in short[: len(methods)]] == methods


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ((), ["motion"]),
        (("method=vs_lstm,seed=0,selection=test_oracle",), ["motion", "vs_lstm"]),
        (("method=motion,seed=1",), ["motion,seed=0", "motion,seed=1"]),
        (
            ("method=motion,seed=0,selection=test_oracle", "method=csnet,seed=0"),
            ["motion", "motion,selection=test_oracle", "csnet"],
        ),
    ],
)
def test_a_run_on_anothers_scores_is_named_by_what_that_one_is(more, names) -> None:
    bases = [f"runs/leaderboard/data=tvsum,{each}" for each in ("method=motion,seed=0", *more)]
    identity = pd.DataFrame({"method.base": ["None", *bases], "other": "same"})
    assert labels(identity, differing(identity)).tolist() == [f"base={name}" for name in ("None", *names)]


def test_folds_run_one_by_one_on_bases_of_the_same_folds_are_one_row(tmp_path) -> None:
    """A base of another fold than the run's own is another base: such a run is not one with these."""
    for name, fold, of_base in (("a", 0, 0), ("b", 1, 1), ("c", 1, 0)):
        base = f"method.base='runs/leaderboard/data=tvsum,fold={of_base},method=motion'"
        overrides = ("experiment=consensus_wrapper", "data=tvsum", f"fold={fold}", base)
        composed_run(tmp_path / name, {"consensus": 0.4}, *overrides)
    assert groups(tmp_path) == [0, 0, 1]
    assert named(tmp_path) == ["base=motion", "base=motion", "base=motion,fold=0"]
