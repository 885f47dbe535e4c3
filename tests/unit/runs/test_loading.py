"""A trained method back from its folder: with the weights that the table is of."""

import json
import shutil
from dataclasses import replace

import h5py
import numpy as np
import pytest
import torch

import vsumlab
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.folds import Fold
from vsumlab.errors import UserError
from vsumlab.runs.loading import checkpoint, load_base, load_method


@pytest.mark.parametrize("fold", [0, 1])
def test_a_loaded_method_scores_as_its_run_did(trained, tiny_file, fold) -> None:
    method = vsumlab.load(trained, fold=fold)
    assert not method.training
    videos = VideoFile(tiny_file)
    with h5py.File(trained / "scores.h5") as file:
        assert len(file[f"fold_{fold}"]) == 5
        for key, scorers in file[f"fold_{fold}"].items():
            scores = method.score(videos[key].features)
            np.testing.assert_array_equal(scores, scorers["csnet/importance_scores"])


def test_the_epoch_that_was_chosen_is_loaded_not_the_last_one(trained, tmp_path) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    assert (run / "fold_0" / "last.ckpt").exists()
    (run / "fold_0" / "last.ckpt").write_text("not read")
    load_method(run, 0)
    (run / "fold_0" / "validation.ckpt").unlink()
    (run / "fold_0" / "last.ckpt").unlink()
    with pytest.raises(UserError, match=r"fold_0: no validation\.ckpt: run the fold again"):
        load_method(run, 0)


def test_a_fold_has_to_be_named_where_there_are_several(trained, tmp_path) -> None:
    for fold in (None, 2):
        with pytest.raises(UserError, match=rf"fold={fold}: there are the folds \[0, 1\]: name one of them"):
            load_method(trained, fold)
    run = shutil.copytree(trained, tmp_path / "run")
    shutil.rmtree(run / "fold_0")
    assert type(load_method(run, None)).__name__ == "CSNet"


def test_finished_folds_of_an_unfinished_run_can_be_loaded(trained, tmp_path) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    (run / "run.json").unlink()
    (run / "fold_1" / "run.json").unlink()
    assert load_method(run, None).hparams["hidden_size"] == 8
    with pytest.raises(UserError, match=r"fold=1: there are the folds \[0\]"):
        load_method(run, 1)


def test_a_run_of_an_earlier_version_has_no_record_a_fold(trained, tmp_path) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    for fold in (0, 1):
        (run / f"fold_{fold}" / "run.json").unlink()
    assert load_method(run, 1).hparams["hidden_size"] == 8


def test_a_folder_that_is_no_run_is_named(tmp_path) -> None:
    with pytest.raises(UserError, match="so it is not the folder of a finished run"):
        load_method(tmp_path, 0)


@pytest.mark.parametrize(
    ("there", "selection", "scorer", "loaded"),
    [
        (("last",), "last", None, "last"),
        (("last", "validation"), "validation", None, "validation"),
        (("last", "validation"), "validation", "align", "validation"),
        (("last", "test_oracle", "test_oracle_align"), "test_oracle", None, "test_oracle"),
        (("last", "test_oracle", "test_oracle_align"), "test_oracle", "align", "test_oracle_align"),
        (("last", "test_oracle", "test_oracle_align"), "test_oracle", "full", "test_oracle"),
        (("last",), "validation", None, "last"),
    ],
)
def test_the_checkpoint_is_that_of_the_selection_and_of_the_scorer(
    tmp_path, there, selection, scorer, loaded
) -> None:
    for name in there:
        (tmp_path / f"{name}.ckpt").touch()
    chosen = {"full": 3, "align": 1} if selection != "last" and selection in there else {}
    record = {"selection": selection, "chosen_epochs": {"0": chosen}}
    assert checkpoint(tmp_path, record, 0, scorer).stem == loaded
    assert checkpoint(tmp_path, record, 0, None, last_epoch=True).stem == "last"


def test_what_was_not_trained_has_one_file_once_named_as_the_selection(tmp_path) -> None:
    (tmp_path / "test_oracle.ckpt").touch()
    record = {"selection": "test_oracle", "chosen_epochs": {"0": {}}}
    for last_epoch in (False, True):
        assert checkpoint(tmp_path, record, 0, "motion", last_epoch).stem == "test_oracle"


def test_an_epoch_that_was_chosen_never_stands_in_for_the_last_nor_that_for_it(tmp_path) -> None:
    chosen = {"chosen_epochs": {"0": {"full": 3}}}
    (tmp_path / "test_oracle.ckpt").touch()
    with pytest.raises(UserError, match=r"no last\.ckpt: run the fold again"):
        checkpoint(tmp_path, chosen | {"selection": "test_oracle"}, 0, None, last_epoch=True)
    (tmp_path / "test_oracle.ckpt").rename(tmp_path / "last.ckpt")
    for selection in ("validation", "test_oracle"):
        with pytest.raises(UserError, match=rf"no {selection}\.ckpt: run the fold again"):
            checkpoint(tmp_path, chosen | {"selection": selection}, 0, None)


def test_a_scorer_that_no_epoch_was_chosen_for_is_refused(tmp_path) -> None:
    (tmp_path / "test_oracle.ckpt").touch()
    record = {"selection": "test_oracle", "chosen_epochs": {"0": {"full": 3, "align": 1}}}
    with pytest.raises(UserError, match="no epoch was chosen for nobody: name one of full, align"):
        checkpoint(tmp_path, record, 0, "nobody")


def test_a_record_of_the_first_versions_says_nothing_of_a_selection(tmp_path) -> None:
    (tmp_path / "last.ckpt").touch()
    assert checkpoint(tmp_path, json.loads("{}"), 0, None).stem == "last"


def test_a_base_is_the_method_of_the_same_fold_if_it_knows_no_test_video(
    trained, tiny_file, video_file
) -> None:
    own = json.loads((trained / "fold_1" / "run.json").read_text())["folds"]["1"]
    fold = Fold(1, (), tuple(own["test"]))
    base = load_base(trained, fold, tiny_file)
    assert base.hparams == load_method(trained, 1).hparams
    for learned in (own["train"][-1], own["validation"][-1]):
        says = rf"^{trained}: fold 1 was trained on {learned}, which is not trained on now: "
        for other in (Fold(1, (), (*fold.test, learned)), replace(fold, validation=(learned,))):
            with pytest.raises(UserError, match=says):
                load_base(trained, other, tiny_file)
    with pytest.raises(UserError, match="is of another feature file than"):
        load_base(trained, fold, video_file())


def test_a_base_is_an_oracles_last_epoch(trained, tiny_file, tmp_path) -> None:
    run = shutil.copytree(trained, tmp_path / "run")
    file, weights = run / "fold_1" / "run.json", run / "fold_1" / "last.ckpt"
    own = json.loads(file.read_text())
    fold = Fold(1, (), tuple(own["folds"]["1"]["test"]))
    best = torch.load(weights, weights_only=True)
    best["state_dict"] = {name: value + 1 for name, value in best["state_dict"].items()}
    torch.save(best, weights.with_name("test_oracle.ckpt"))
    file.write_text(json.dumps(own | {"selection": "test_oracle", "checkpoints": {}}))
    last = torch.load(weights, weights_only=True)["state_dict"]
    for found, expected in (
        (load_base(run, fold, tiny_file), last),
        (load_method(run, 1), best["state_dict"]),
    ):
        assert all(torch.equal(value, expected[name]) for name, value in found.state_dict().items())
