"""Which epoch is tested: the last, the best on held-out training videos, or the oracle's."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from hydra.utils import instantiate
from pytorch_lightning import seed_everything
from scipy.stats import kendalltau
from support.runs import lines, record, rows, table

import vsumlab
from vsumlab.core.batch import Batch
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.job import run_job
from vsumlab.methods.registry import methods
from vsumlab.methods.summarizer import Summarizer
from vsumlab.train import train

METHODS = {
    "csnet": ("method=csnet", "method.hidden_size=8", "+trainer.limit_train_batches=3"),
    "contrastive": ("method=contrastive", "method.frames=20", "method.segment_length=5", "batch_size=4"),
}
EPOCHS = 4
QUICK = ("random_draws=5", "callbacks.figures.videos=0")


@pytest.fixture(scope="session", params=METHODS)
def method(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def small(method, tiny_file) -> tuple[str, ...]:
    """What all runs of a method have in common."""
    return (*METHODS[method], *QUICK, "data=tvsum", f"data.file={tiny_file}", "fold=1")


@pytest.fixture(scope="session")
def runs(small, composed, tmp_path_factory) -> dict[str, Path]:
    """Finished runs by their selection, all of one method, fold and seed."""
    folders = {}
    for selection in ("last", "validation", "test_oracle"):
        folders[selection] = tmp_path_factory.mktemp(selection)
        epochs = (f"trainer.max_epochs={EPOCHS}", f"selection={selection}")
        run_job(composed(*small, *epochs, run=folders[selection]))
    return folders


def weights(checkpoint: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(checkpoint, weights_only=True)["state_dict"]
    return state


def test_looking_at_test_videos_does_not_change_the_training(runs) -> None:
    ours, theirs = (weights(runs[name] / "fold_1" / "last.ckpt") for name in ("last", "test_oracle"))
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def mean_f1(run: Path, scorer: str) -> float:
    values = [float(line["f1_mean"]) for line in rows(run) if line["scorer"] == scorer]
    assert len(values) == 2
    return sum(values) / len(values)


def test_the_oracle_is_the_best_epoch_and_its_last_epoch_is_the_last(runs) -> None:
    history = lines(runs["test_oracle"] / "epochs.csv")
    chosen = record(runs["test_oracle"])["chosen_epochs"]["1"]
    assert chosen
    for scorer, epoch in chosen.items():
        f1 = [float(line["f1_mean"]) for line in history if line["scorer"] == scorer]
        assert len(f1) == EPOCHS
        assert f1[epoch] == max(f1)
        assert mean_f1(runs["test_oracle"], f"{scorer} (test oracle)") == pytest.approx(max(f1))
        assert mean_f1(runs["last"], scorer) == pytest.approx(f1[-1])


def test_beside_the_oracle_stands_the_last_epoch_as_without_it(runs) -> None:
    last, beside = (
        [line for line in rows(runs[name]) if "(test oracle)" not in line["scorer"]]
        for name in ("last", "test_oracle")
    )
    assert last == beside
    logged = [lines(runs[name] / "fold_1" / "metrics.csv")[-1] for name in ("last", "test_oracle")]
    assert logged[0]["test/f1"] == logged[1]["test/f1"] != ""


def test_the_oracle_is_called_one_wherever_it_is_shown(runs) -> None:
    run = runs["test_oracle"]
    assert "rows marked (test oracle): epochs chosen on test videos, no result" in table(run)
    chosen = record(run)["chosen_epochs"]["1"]
    others = {line["scorer"] for line in rows(run)} - {line["scorer"] for line in rows(runs["last"])}
    assert others == {f"{scorer} (test oracle)" for scorer in chosen}
    logged, of_last = (lines(runs[name] / "fold_1" / "metrics.csv")[-1] for name in ("test_oracle", "last"))
    new = [name for name in logged if name.startswith("test/") and name not in of_last]
    assert new
    assert all("(test oracle)" in name for name in new)
    assert "paper" not in table(run)


def test_validation_videos_are_training_videos_that_are_not_trained_on(runs) -> None:
    last, held_out = (record(runs[name])["folds"]["1"] for name in ("last", "validation"))
    assert last["validation"] == []
    assert len(held_out["validation"]) == 2
    assert sorted(held_out["train"] + held_out["validation"]) == sorted(last["train"])
    assert held_out["test"] == last["test"]


def test_the_epoch_with_the_lowest_validation_loss_is_kept(runs, small, composed, tmp_path) -> None:
    run = runs["validation"]
    losses = [line["validation/loss"] for line in lines(run / "fold_1" / "metrics.csv")]
    values = [float(loss) for loss in losses if loss]
    chosen = record(run)["chosen_epochs"]["1"]["all"]
    assert len(values) == EPOCHS
    assert values[chosen] == min(values)
    assert "epoch chosen on validation videos" in table(run)
    shorter = (f"trainer.max_epochs={chosen + 1}", "selection=validation")
    train(composed(*small, *shorter, run=tmp_path))
    ours, theirs = (weights(folder / "fold_1" / "validation.ckpt") for folder in (run, tmp_path))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_agreement_with_people_on_held_out_videos_is_logged(runs, tiny_file) -> None:
    run = runs["validation"]
    logged = lines(run / "fold_1" / "metrics.csv")
    by_epoch = [float(line["validation/kendall_tau"]) for line in logged if line["validation/kendall_tau"]]
    assert len(by_epoch) == EPOCHS
    method, videos = vsumlab.load(run, fold=1), VideoFile(tiny_file)
    expected = []
    for key in record(run)["folds"]["1"]["validation"]:
        scores = method.score(videos[key].features).numpy()
        people = videos[key].annotated.user_scores
        expected.append(np.mean([kendalltau(scores, person).statistic for person in people]))
    chosen = record(run)["chosen_epochs"]["1"]["all"]
    assert by_epoch[chosen] == pytest.approx(np.mean(expected), abs=1e-6)
    (tested,) = [line for line in logged if line["validation/chosen/kendall_tau"]]
    for name in ("kendall_tau", "loss"):
        of_epochs = [line[f"validation/{name}"] for line in logged if line[f"validation/{name}"]]
        assert float(tested[f"validation/chosen/{name}"]) == pytest.approx(float(of_epochs[chosen]))
        assert record(run)["metrics"][f"validation/chosen/{name}"] == pytest.approx(float(of_epochs[chosen]))


@pytest.mark.parametrize("selection", ["last", "validation", "test_oracle"])
def test_a_loaded_method_scores_as_the_table_says(selection, runs, tiny_file) -> None:
    run, videos = runs[selection], VideoFile(tiny_file)
    method = vsumlab.load(run, fold=1)
    suffix = " (test oracle)" if selection == "test_oracle" else ""
    with h5py.File(run / "scores.h5") as file:
        for key, scorers in file["fold_1"].items():
            recorded = scorers[f"{method.main_scorer}{suffix}/importance_scores"][()]
            np.testing.assert_array_equal(method.score(videos[key].features).numpy(), recorded)


def test_which_checkpoints_a_selection_leaves(runs) -> None:
    kept = {name: sorted(path.stem for path in run.glob("fold_1/*.ckpt")) for name, run in runs.items()}
    assert kept["last"] == ["last"]
    assert kept["validation"] == ["last", "validation"]
    assert {"last", "test_oracle"} <= set(kept["test_oracle"])
    others = [name.removeprefix("test_oracle_") for name in kept["test_oracle"][2:]]
    chosen = record(runs["test_oracle"])["chosen_epochs"]["1"]
    assert len(chosen) == len(others) + 1, "a checkpoint for every scorer"
    assert set(others) < set(chosen)


def test_the_criterion_needs_no_labels(method, composed) -> None:
    module = instantiate(composed(*METHODS[method]).method, feature_dim=8, _convert_="all").eval()
    batch = Batch(("a", "b"), torch.randn(2, 30, 8), torch.tensor([30, 20]), gtscore=None)
    with torch.no_grad():
        assert module.validation_losses(batch).isfinite().all()


def test_a_supervised_methods_criterion_is_agreement_with_labels(composed) -> None:
    small = (*METHODS["csnet"], "method.supervised=true")
    module = instantiate(composed(*small).method, feature_dim=8, _convert_="all").eval()
    features, lengths = torch.randn(2, 30, 8), torch.tensor([30, 20])
    with torch.no_grad():
        scores = module(features, lengths)
        for target in (scores, 1 - scores):
            seed_everything(0, verbose=False)
            batch = Batch(("a", "b"), features, lengths, target)
            expected = [
                torch.nn.functional.binary_cross_entropy(scores[i, :length], target[i, :length])
                for i, length in enumerate(lengths)
            ]
            torch.testing.assert_close(module.validation_losses(batch), torch.stack(expected))


def test_a_method_without_a_criterion_is_refused(method, small, composed, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(methods()[method], "validation_losses", Summarizer.validation_losses)
    with pytest.raises(UserError, match=f"{method} has no validation_losses"):
        train(composed(*small, "trainer.max_epochs=1", "selection=validation", run=tmp_path))


@pytest.mark.parametrize("chosen", ["experiment=contrastive_pretrained", "method=k_medoids"])
def test_what_does_not_learn_is_the_same_by_any_selection(chosen, composed, tiny_file, tmp_path) -> None:
    tables = {}
    for selection in ("last", "validation", "test_oracle"):
        run = tmp_path / selection
        data = (*QUICK, "data=tvsum", f"data.file={tiny_file}", "fold=1")
        run_job(composed(chosen, *data, f"selection={selection}", run=run))
        tables[selection] = (run / "videos.csv").read_text()
        assert "test oracle" not in table(run)
        assert [path.name for path in run.glob("fold_1/*.ckpt")] == ["last.ckpt"]
    assert tables["last"] == tables["validation"] == tables["test_oracle"]
