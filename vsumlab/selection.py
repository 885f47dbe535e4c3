"""Which epoch of a training is tested, as Lightning callbacks."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal, NamedTuple, cast

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.utilities.seed import isolate_rng
from torch import Tensor

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.errors import UserError
from vsumlab.methods.summarizer import Scores, Summarizer
from vsumlab.metrics.modules import KendallTau
from vsumlab.metrics.protocol import METRICS, Floats, RankReference, evaluate_scores, mean_of_known
from vsumlab.results.rows import ORACLE


class Tested(NamedTuple):
    """The figures of an epoch on a fold's test videos: means over videos, as METRICS."""

    epoch: int
    scorer: str
    f1_mean: float
    f1_max: float
    kendall_tau: float
    spearman_rho: float
    score_variance: float


class Selection(pl.Callback):
    """The last epoch, as in the papers' text: nothing is chosen.

    Attributes:
        name: As in `selection=NAME`.
        remark: What every table of such a run must say.
        checkpoint: What the file of the method's weights is called.
        chosen: Which epoch was chosen, counted from 0, by scorer or for all of them.
        history: The test figures of epochs, where they were looked at.
    """

    name = "last"
    remark = ""
    checkpoint = "last"

    def __init__(self) -> None:
        self.chosen: dict[str, int] = {}
        self.history: list[Tested] = []

    def divide(self, fold: Fold, seed: int) -> Fold:
        """The fold, with validation videos where the choice needs them."""
        return fold

    def after_training(self, method: Summarizer) -> None:
        """Gives the method the weights to test."""

    def after_testing(self, method: Summarizer) -> None:
        """Gives the method the test scores to report."""


class Validation(Selection):
    """The epoch with the lowest `validation/loss` on training videos that are held out.

    Also logs `validation/kendall_tau`, the mean over those held-out videos that people have annotated, and at
    the end both figures of the chosen epoch, as `validation/chosen/…`. The choice does not depend on tau,
    but a search over hyper-parameters may: unlike a loss it means the same whatever the loss is made of. It
    takes labels, though not those of test videos.

    Args:
        share: How much of a fold's training videos is held out, between 0 and 1; at least one video is.
        rank_reference: What rank correlations are computed against, as the dataset's.

    Raises:
        UserError: If `share` leaves nothing on either side.
    """

    name = "validation"
    remark = "epoch chosen on validation videos"
    checkpoint = "validation"

    def __init__(self, share: float, rank_reference: RankReference) -> None:
        super().__init__()
        if not 0 < share < 1:
            raise UserError(f"selection.share={share}: expected between 0 and 1")
        self.share = share
        self.rank_reference: RankReference = rank_reference
        self._lowest = math.inf
        self._weights: dict[str, Tensor] = {}
        self._figures: dict[str, float] = {}

    def divide(self, fold: Fold, seed: int) -> Fold:
        """Holds out a random part of the training videos; which ones depends on the fold and the seed."""
        n_held_out = max(1, round(self.share * len(fold.train)))
        if n_held_out >= len(fold.train):
            raise UserError(
                f"selection=validation: fold {fold.index} has {len(fold.train)} training videos: too few to "
                "hold some of them out: choose selection=last"
            )
        held_out = set(np.random.default_rng(seed).permutation(len(fold.train))[:n_held_out].tolist())
        return replace(
            fold,
            train=tuple(key for i, key in enumerate(fold.train) if i not in held_out),
            validation=tuple(key for i, key in enumerate(fold.train) if i in held_out),
        )

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Logs how the scores of held-out videos agree with people, where the videos are annotated."""
        method = cast(Summarizer, pl_module)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        tau, annotated = KendallTau(self.rank_reference), data.pool.evaluated
        videos = (annotated[key] for key in data.fold.validation if key in annotated.keys)
        figures = [tau.figure(method.score(each.features).double().cpu().numpy(), each) for each in videos]
        mean = float(mean_of_known(np.array(figures)))
        if not math.isnan(mean):
            method.log("validation/kendall_tau", mean, sync_dist=True)  # every process has scored them all

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keeps the weights if they are the best so far."""
        loss = float(trainer.callback_metrics["validation/loss"])
        if loss < self._lowest:
            self._lowest = loss
            self._weights = {
                name: value.detach().cpu().clone() for name, value in pl_module.state_dict().items()
            }
            self.chosen = {"all": trainer.current_epoch}
            self._figures = {
                name.replace("validation/", "validation/chosen/"): float(value)
                for name, value in trainer.callback_metrics.items()
                if name.startswith("validation/")
            }

    def after_training(self, method: Summarizer) -> None:
        """Goes back to the best weights, and logs what they were chosen by.

        Raises:
            UserError: If no epoch had a finite loss.
        """
        if not self._weights:
            raise UserError(
                "selection=validation: validation/loss was never a number: lower method.learning_rate"
            )
        method.load_state_dict(self._weights)
        if method.logger is not None:
            method.logger.log_metrics(self._figures)


class TestOracle(Selection):
    """The epoch with the highest F1 on the test videos: an upper bound that nobody can have, not a result.

    Each scorer gets the epoch that is best for it, and says so in its name. Training is the same as for the
    last epoch, to the bit.

    Args:
        headline: Which F1, as the dataset's.
        rank_reference: What rank correlations are computed against, as the dataset's.
    """

    name = "test_oracle"
    remark = "epochs chosen on test videos: an oracle, no result"

    def __init__(self, headline: Literal["mean", "max"], rank_reference: RankReference) -> None:
        super().__init__()
        self.metric = METRICS.index(f"f1_{headline}")
        self.rank_reference = rank_reference
        self._best: dict[str, tuple[float, Scores]] = {}

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Tests, and keeps each scorer's scores if they are its best so far."""
        method = cast(Summarizer, pl_module)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        with isolate_rng(), torch.no_grad():
            method.eval()
            method.on_test_epoch_start()
            for batch in data.test_dataloader():
                method.test_step(batch.to(method.device).dequantized(), 0)
            method.train()
        method.gather_test_scores()
        for scorer, figures in self._figures(method, data).items():
            self.history.append(Tested(trainer.current_epoch, scorer, *figures.tolist()))
            f1 = float(figures[self.metric])
            if f1 > self._best.get(scorer, (-1.0,))[0]:
                self._best[scorer] = (f1, method.test_scores[scorer])
                self.chosen[scorer] = trainer.current_epoch

    def _figures(self, method: Summarizer, data: VideoDataModule) -> dict[str, Floats]:
        """Each scorer's means over the fold's test videos."""
        by_video = []
        for key in data.fold.test:
            scores = np.stack([of_videos[key] for of_videos in method.test_scores.values()])
            by_video.append(evaluate_scores(scores, data.pool.evaluated[key], self.rank_reference))
        means = mean_of_known(np.stack(by_video, axis=-1))
        return dict(zip(method.test_scores, means, strict=True))

    def after_testing(self, method: Summarizer) -> None:
        """Replaces the last epoch's scores by the best ones, under names that say so."""
        best = {scorer: scores for scorer, (_, scores) in self._best.items()} or method.test_scores
        method.test_scores = {f"{scorer}{ORACLE}": scores for scorer, scores in best.items()}
