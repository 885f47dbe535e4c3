"""Which epoch is tested and kept, of a method whose every epoch is fixed beforehand, and of real ones."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import kendalltau
from support import plain
from support.scores import recorded_scores
from support.stepping import Stepping
from support.training import made_data, quiet_trainer

import vsumlab
from vsumlab.callbacks.continuation import Clock, Continuation
from vsumlab.callbacks.selection import Last, Selection, Validation, Weights
from vsumlab.callbacks.selection import TestOracle as Oracle
from vsumlab.core.metric_names import METRICS
from vsumlab.core.video import Timing
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.errors import UserError
from vsumlab.methods.summarizer import Summarizer
from vsumlab.runs.checkpoints import UNFINISHED
from vsumlab.train import predict, train

LOSSES = [0.5, 0.3, 0.1, 0.4]
D = 8


class Trained:
    """A training of four epochs, a step each, with a selection's callbacks."""

    def __init__(self, selection: Selection, folder: Path, file: Path, losses: list[float] = LOSSES) -> None:
        self.selection, self.folder = selection, folder
        self.method = Stepping(D, losses)
        self.data: VideoDataModule = made_data(file, n_folds=5, divide=partial(selection.divide, seed=0))
        self.trainer = quiet_trainer(
            max_epochs=len(losses),
            limit_train_batches=1,
            limit_val_batches=1.0 if selection.validates else 0,
            enable_checkpointing=selection.name != "last",
            callbacks=[
                Continuation(folder, {}, Clock()),
                selection,
                *selection.checkpoints(folder, self.method),
            ],
        )
        self.trainer.fit(self.method, datamodule=self.data)

    def checkpoint(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = torch.load(self.folder / f"{name}.ckpt", weights_only=True)
        return content

    def epoch_of(self, name: str) -> int:
        """The epoch whose weights a checkpoint has: each makes a step."""
        return int(self.checkpoint(name)["state_dict"]["steps"]) - 1

    @property
    def names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.iterdir() if path.name not in UNFINISHED)


def column(scorer: str, epoch: int) -> int:
    """The feature that a scorer takes for a score after an epoch."""
    return (epoch + 1 + (3 if scorer == "ahead" else 0)) % D


# the last epoch


def test_the_last_epoch_is_kept_with_what_training_needs_to_go_on(tmp_path, tiny_file) -> None:
    trained = Trained(Last(), tmp_path, tiny_file)
    assert trained.names == ["last"]
    assert trained.epoch_of("last") == 3
    checkpoint = trained.checkpoint("last")
    (optimizer,) = checkpoint["optimizer_states"]
    assert torch.is_tensor(optimizer["state"][0]["momentum_buffer"])
    assert (checkpoint["epoch"], checkpoint["global_step"]) == (4, 4)
    assert trained.selection.tested() == [Weights()]
    assert trained.selection.chosen_epochs() == trained.selection.chosen_metrics() == {}
    assert trained.selection.history is None


@pytest.mark.filterwarnings("ignore:Be aware that when using `ckpt_path`")
def test_a_training_goes_on_from_the_last_epoch_as_if_it_had_never_stopped(tmp_path, tiny_file) -> None:
    Trained(Last(), tmp_path, tiny_file)
    method = Stepping(D)
    trainer = quiet_trainer(max_epochs=6, limit_train_batches=1)
    trainer.fit(method, datamodule=made_data(tiny_file, 5), ckpt_path=tmp_path / "last.ckpt")
    assert int(method.steps) == 6


# held-out videos


@pytest.mark.parametrize(
    ("losses", "best"),
    [
        (LOSSES, 2),
        ([0.1, 0.2, 0.3], 0),
        ([0.3, 0.2, 0.1], 2),
        ([0.3, 0.1, 0.1], 1),
        ([float("nan"), 0.3, 0.2, 0.4], 2),
        ([0.3, float("nan"), float("inf")], 0),
    ],
)
def test_the_epoch_with_the_lowest_loss_on_held_out_videos_is_kept(tmp_path, tiny_file, losses, best) -> None:
    trained = Trained(Validation(0.2, "user_scores"), tmp_path, tiny_file, losses)
    assert trained.names == ["last", "validation"]
    assert trained.epoch_of("last") == len(losses) - 1
    assert trained.epoch_of("validation") == best
    assert trained.checkpoint("validation")["optimizer_states"]
    assert trained.selection.chosen_epochs() == {"all": best}
    assert trained.selection.tested() == [Weights(str(tmp_path / "validation.ckpt"))]
    assert trained.selection.chosen_metrics()["validation/chosen/loss"] == pytest.approx(losses[best])


def test_agreement_with_people_is_that_of_held_out_videos_in_the_chosen_epoch(tmp_path, tiny_file) -> None:
    trained = Trained(Validation(0.3, "user_scores"), tmp_path, tiny_file)
    fold, videos = trained.data.fold, trained.data.pool.evaluated
    assert len(fold.validation) == 2
    taus = [
        np.mean(
            [
                kendalltau(videos[key].features[:, column("stepping", 2)], person).statistic
                for person in videos[key].annotated.user_scores
            ]
        )
        for key in fold.validation
    ]
    chosen = trained.selection.chosen_metrics()
    assert chosen["validation/chosen/kendall_tau"] == pytest.approx(np.mean(taus))
    assert chosen.keys() == {"validation/chosen/loss", "validation/chosen/kendall_tau"}


@pytest.mark.parametrize("never", [float("nan"), float("inf")])
def test_a_loss_that_was_never_a_number_is_refused(tmp_path, tiny_file, never) -> None:
    trained = Trained(Validation(0.2, "user_scores"), tmp_path, tiny_file, [never, never])
    with pytest.raises(UserError, match=r"^selection=validation: validation/loss was never a number"):
        trained.selection.tested()


def test_the_choice_is_logged(tmp_path, tiny_file) -> None:
    trained, logged = Trained(Validation(0.2, "user_scores"), tmp_path, tiny_file), []

    class Logging(Stepping):
        @property
        def logger(self):
            return self

        def log_metrics(self, metrics: dict[str, float]) -> None:
            logged.append(metrics)

    trained.selection.log_choice(Logging(D))
    assert logged == [trained.selection.chosen_metrics()]
    Last().log_choice(Logging(D))
    assert len(logged) == 1, "where nothing was chosen there is nothing to log"


@pytest.mark.parametrize("share", [0, 1, -0.5, 1.5])
def test_a_share_that_leaves_nothing_is_refused(share: float) -> None:
    with pytest.raises(UserError, match=r"selection\.share"):
        Validation(share, "user_scores")


def test_too_few_videos_are_refused() -> None:
    with pytest.raises(UserError, match="too few"):
        Validation(0.2, "user_scores").divide(Fold(0, ("a",), ("b",)), seed=0)


def test_what_is_held_out_depends_on_the_seed_alone() -> None:
    fold = Fold(0, tuple("abcdefghij"), ("z",))
    held_out = {seed: Validation(0.2, "user_scores").divide(fold, seed).validation for seed in range(10)}
    assert held_out == {
        seed: Validation(0.2, "user_scores").divide(fold, seed).validation for seed in range(10)
    }
    assert len(set(held_out.values())) > 1


@pytest.mark.parametrize(("share", "n_held_out"), [(0.01, 1), (0.2, 2), (0.25, 2), (0.5, 5), (0.9, 9)])
def test_training_videos_are_divided_and_test_videos_stay(share, n_held_out) -> None:
    fold = Fold(3, tuple("abcdefghij"), ("y", "z"))
    divided = Validation(share, "user_scores").divide(fold, seed=0)
    assert len(divided.validation) == n_held_out
    assert sorted((*divided.train, *divided.validation)) == list(fold.train)
    assert (divided.index, divided.test) == (3, fold.test)


def test_the_others_hold_nothing_out() -> None:
    fold = Fold(0, ("a", "b"), ("z",))
    for selection in (Last(), Oracle("mean", "user_scores")):
        assert selection.divide(fold, seed=0) == fold
        assert not selection.validates


# the oracle


@pytest.mark.parametrize("headline", ["mean", "max"])
def test_each_scorers_best_epoch_on_the_test_videos_is_kept(tmp_path, tiny_file, headline) -> None:
    trained = Trained(Oracle(headline, "user_scores"), tmp_path, tiny_file)
    assert trained.names == ["last", "test_oracle", "test_oracle_ahead"]
    assert trained.epoch_of("last") == 3
    videos = trained.data.pool.evaluated
    expected = {
        scorer: [
            np.mean(
                [
                    plain.evaluate(video.features[:, column(scorer, epoch)].numpy(), video, "user_scores")
                    for video in (videos[key] for key in trained.data.fold.test)
                ],
                axis=0,
            )
            for epoch in range(4)
        ]
        for scorer in ("ahead", "stepping")
    }
    history = trained.selection.history
    assert list(history) == ["epoch", "scorer", *METRICS]
    for scorer, of_epochs in expected.items():
        own = history[history["scorer"] == scorer]
        assert list(own["epoch"]) == [0, 1, 2, 3]
        np.testing.assert_allclose(own[list(METRICS)], of_epochs, rtol=1e-5)
    best = {
        scorer: int(np.argmax([metrics[METRICS.index(f"f1_{headline}")] for metrics in of_epochs]))
        for scorer, of_epochs in expected.items()
    }
    assert len({*best.values()}) == 2, "each scorer has a best epoch of its own"
    assert trained.selection.chosen_epochs() == best
    assert trained.epoch_of("test_oracle") == best["stepping"], "that of the main scorer"
    assert trained.epoch_of("test_oracle_ahead") == best["ahead"]
    assert all(trained.checkpoint(name)["optimizer_states"] for name in trained.names)


def test_each_scorer_is_tested_in_the_last_epoch_and_in_its_own_under_a_name_that_says_so(
    tmp_path, tiny_file
) -> None:
    trained = Trained(Oracle("mean", "user_scores"), tmp_path, tiny_file)
    scores = predict(trained.trainer, trained.method, trained.data, trained.selection)
    videos = trained.data.pool.evaluated
    assert list(scores) == ["ahead", "stepping", "ahead (test oracle)", "stepping (test oracle)"]
    own = trained.selection.chosen_epochs()
    epochs = dict.fromkeys(own, 3) | {f"{scorer} (test oracle)": epoch for scorer, epoch in own.items()}
    for name, epoch in epochs.items():
        of_videos, scorer = scores[name], name.removesuffix(" (test oracle)")
        assert sorted(of_videos) == sorted(trained.data.fold.test)
        for key, found in of_videos.items():
            np.testing.assert_array_equal(found, videos[key].features[:, column(scorer, epoch)])


def test_the_best_epoch_on_held_out_videos_is_the_one_that_is_tested(tmp_path, tiny_file) -> None:
    trained = Trained(Validation(0.2, "user_scores"), tmp_path, tiny_file)
    scores = predict(trained.trainer, trained.method, trained.data, trained.selection)
    videos = trained.data.pool.evaluated
    assert list(scores) == ["ahead", "stepping"]
    for scorer, of_videos in scores.items():
        for key, found in of_videos.items():
            np.testing.assert_array_equal(found, videos[key].features[:, column(scorer, 2)])


def test_looking_at_test_videos_draws_nothing_and_leaves_the_method_in_training(tmp_path, tiny_file) -> None:
    class Random(Stepping):
        def all_scores(self, features: torch.Tensor, timing: Timing | None = None) -> dict[str, torch.Tensor]:
            assert not self.training
            assert not torch.is_grad_enabled()
            torch.rand(5), np.random.random(5)  # noqa: NPY002
            return super().all_scores(features)

    states = []
    for selection in (Last(), Oracle("mean", "user_scores")):
        torch.manual_seed(0)
        method = Random(D)
        trainer = quiet_trainer(max_epochs=2, limit_train_batches=1, callbacks=[selection])
        trainer.fit(method, datamodule=made_data(tiny_file, 5))
        assert method.training
        states.append(torch.get_rng_state())
    assert torch.equal(*states)


# real methods, back from a run's folder


def quick(file: Path) -> tuple[str, ...]:
    small = ("trainer.max_epochs=3", "+trainer.limit_train_batches=2", "callbacks.figures.videos=0")
    contrastive = ("method=contrastive", "method.frames=12", "method.segment_length=4", "batch_size=4")
    return (*contrastive, *small, "random_draws=2", "data=tvsum", f"data.file={file}", "fold=0")


def scored(method: Summarizer, file: Path, scorer: str, key: str) -> np.ndarray:
    from vsumlab.data.feature_file.reader import VideoFile

    with torch.no_grad():
        return method.all_scores(VideoFile(file)[key].features)[scorer].numpy()


def test_every_scorer_of_an_oracle_is_loaded_in_its_own_epoch(composed, tmp_path, tiny_file) -> None:
    train(composed(*quick(tiny_file), "selection=test_oracle", run=tmp_path))
    recorded = recorded_scores(tmp_path / "fold_0" / "scores.h5", fold=0)
    recorded = {name: scores for name, scores in recorded.items() if name.endswith(" (test oracle)")}
    assert len(recorded) == 4
    for name, of_videos in recorded.items():
        scorer = name.removesuffix(" (test oracle)")
        method = vsumlab.load(tmp_path, fold=0, scorer=scorer)
        for key, scores in of_videos.items():
            np.testing.assert_array_equal(scored(method, tiny_file, scorer, key), scores)
    main = "align,uniform,filter"
    for key, scores in recorded[f"{main} (test oracle)"].items():
        np.testing.assert_array_equal(scored(vsumlab.load(tmp_path), tiny_file, main, key), scores)
    with pytest.raises(UserError, match="no epoch was chosen for csnet: name one of align, align,uniform, "):
        vsumlab.load(tmp_path, fold=0, scorer="csnet")


@pytest.mark.parametrize("selection", ["last", "validation"])
def test_every_scorer_is_loaded_in_the_epoch_that_was_tested(
    composed, tmp_path, tiny_file, selection
) -> None:
    train(composed(*quick(tiny_file), f"selection={selection}", run=tmp_path))
    for scorer, of_videos in recorded_scores(tmp_path / "fold_0" / "scores.h5", fold=0).items():
        method = vsumlab.load(tmp_path, fold=0, scorer=scorer)
        for key, scores in of_videos.items():
            np.testing.assert_array_equal(scored(method, tiny_file, scorer, key), scores)


@pytest.mark.parametrize("selection", ["last", "validation", "test_oracle"])
def test_what_is_not_trained_is_loaded_whatever_the_selection(
    composed, tmp_path, tiny_file, selection
) -> None:
    overrides = (*quick(tiny_file), "refinement=none", f"selection={selection}")
    train(composed(*overrides, run=tmp_path))
    assert [path.name for path in tmp_path.glob("fold_0/*.ckpt")] == ["last.ckpt"]
    for scorer, of_videos in recorded_scores(tmp_path / "fold_0" / "scores.h5", fold=0).items():
        method = vsumlab.load(tmp_path, fold=0, scorer=scorer)
        for key, scores in of_videos.items():
            np.testing.assert_array_equal(scored(method, tiny_file, scorer, key), scores)
