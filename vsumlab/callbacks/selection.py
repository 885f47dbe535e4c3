"""Which epoch of a training is tested, as Lightning callbacks that keep its checkpoint."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, get_args

import numpy as np
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import ModelCheckpoint
from pytorch_lightning.utilities.seed import isolate_rng

from vsumlab.core.annotations import RankReference
from vsumlab.core.metric_names import METRICS
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.folds import Fold
from vsumlab.entries import check_shares, refusal
from vsumlab.errors import UserError
from vsumlab.evaluation.baselines import ORACLE
from vsumlab.evaluation.protocol import evaluate_scores
from vsumlab.methods.summarizer import Summarizer
from vsumlab.metrics import KendallTau
from vsumlab.metrics.means import nan_mean
from vsumlab.runs.checkpoints import LAST, checkpoint_name

if TYPE_CHECKING:
    import pandas as pd


class Kept(ModelCheckpoint):
    """What a selection keeps, whose state is another one's than that of a user's own callback."""


def keep(folder: Path, name: str, **options: Any) -> ModelCheckpoint:
    """A callback that keeps one whole checkpoint, with the optimizers' state, under a name."""
    return Kept(folder, filename=name, enable_version_counter=False, **options)


class Weights(NamedTuple):
    """Weights to test, and what their scores are called.

    Attributes:
        checkpoint: The file; None stands for the last epoch.
        scorer: Whose scores are taken; None stands for all scorers.
        suffix: What is added to scorers' names.
    """

    checkpoint: str | None = None
    scorer: str | None = None
    suffix: str = ""


class Selection(pl.Callback):
    """Which epoch is tested: the last one, unless a subclass says otherwise.

    Attributes:
        name: As in `selection=NAME`.
        remark: What every table of such a run must say.
        validates: Whether videos are held out.
        history: The test metrics of each epoch, where they were looked at.
    """

    name = LAST
    remark = ""
    validates = False
    history: pd.DataFrame | None = None

    def __init__(self) -> None:
        self.kept: dict[str | None, ModelCheckpoint] = {}

    def divide(self, fold: Fold, seed: int) -> Fold:
        """The fold, with validation videos where the choice needs them."""
        return fold

    def checkpoints(self, folder: Path, method: Summarizer) -> list[ModelCheckpoint]:
        """The callbacks that keep what is to be tested, where that is not the last epoch."""
        return []

    def tested(self) -> list[Weights]:
        """After training, what to test."""
        return [Weights()]

    def chosen_epochs(self) -> dict[str, int]:
        """After training, which epoch was chosen, counted from 0, by scorer or for all of them."""
        return {}

    def chosen_metrics(self) -> dict[str, float]:
        """After training, what held-out videos come to in the chosen epoch."""
        return {}

    def log_choice(self, method: Summarizer) -> None:
        """After training, logs what the epoch was chosen by."""
        if method.logger is not None and self.chosen_metrics():
            method.logger.log_metrics(self.chosen_metrics())


class Last(Selection):
    """The last epoch, as in the papers' text: nothing is chosen."""


class Validation(Selection):
    """The epoch with the lowest `validation/loss` on training videos that are held out.

    Also logs `validation/kendall_tau`, the mean over those held-out videos that people have annotated, and at
    the end both of the chosen epoch, as `validation/chosen/…`. The choice does not depend on tau, but a
    search over hyper-parameters may: unlike a loss it means the same whatever the loss is made of. It takes
    labels, though not those of test videos.

    Args:
        share: How much of a fold's training videos is held out, between 0 and 1; at least one video is.
        rank_reference: What rank correlations are computed against, as the dataset's.

    Raises:
        UserError: If `share` leaves nothing on either side, or `rank_reference` is none of the dataset's.
    """

    name = "validation"
    remark = "epoch chosen on validation videos"
    validates = True

    def __init__(self, share: float, rank_reference: RankReference) -> None:
        super().__init__()
        check_shares({"share": share}, "share", prefix="selection.")
        check_reference(rank_reference)
        self.share = share
        self.rank_reference: RankReference = rank_reference
        self._by_epoch: dict[int, dict[str, float]] = {}

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

    def checkpoints(self, folder: Path, method: Summarizer) -> list[ModelCheckpoint]:
        """The best epoch by `validation/loss`."""
        best = keep(folder, checkpoint_name(self.name), monitor="validation/loss", mode="min")
        self.kept = {None: best}
        return [best]

    def state_dict(self) -> dict[str, Any]:
        """What each epoch came to."""
        return {"by_epoch": self._by_epoch}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from there."""
        self._by_epoch = state_dict["by_epoch"]

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Logs how the scores of held-out videos agree with people, where the videos are annotated."""
        method = cast(Summarizer, pl_module)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        tau, annotated = KendallTau(self.rank_reference), data.pool.evaluated
        for key in data.fold.validation:
            if key in annotated.keys:
                video = annotated[key]
                tau.update(method.score(video.features, video.timing), video)
        if tau.count:
            # every process has scored them all
            method.log("validation/kendall_tau", float(tau.total / tau.count), sync_dist=True)

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Remembers what this epoch came to."""
        self._by_epoch[trainer.current_epoch] = {
            name: float(value)
            for name, value in trainer.callback_metrics.items()
            if name.startswith("validation/")
        }

    def tested(self) -> list[Weights]:
        """The best epoch's checkpoint.

        Raises:
            UserError: If no epoch had a finite loss.
        """
        score = self.kept[None].best_model_score
        if score is None or not math.isfinite(score):
            raise UserError(
                "selection=validation: validation/loss was never a number: lower method.learning_rate"
            )
        return [Weights(self.kept[None].best_model_path)]

    def chosen_epochs(self) -> dict[str, int]:
        """The best epoch, for all scorers."""
        return {"all": epoch_of(self.kept[None])} if self.kept else {}

    def chosen_metrics(self) -> dict[str, float]:
        """What held-out videos come to in the chosen epoch, as `validation/chosen/…`."""
        metrics = self._by_epoch[epoch_of(self.kept[None])] if self.kept else {}
        return {
            name.replace("validation/", "validation/chosen/"): value
            for name, value in metrics.items()
            if math.isfinite(value)
        }


class TestOracle(Selection):
    """The last epoch, and the one with the highest F1 on the test videos: an upper bound, not a result.

    Each scorer gets the epoch that is best for it, and says so in its name. Training is the same as for the
    last epoch alone, to the bit, so the difference is what the choice adds.

    Args:
        headline: Which F1, as the dataset's.
        rank_reference: What rank correlations are computed against, as the dataset's.

    Raises:
        UserError: If one of them is none of the dataset's.
    """

    name = "test_oracle"

    def __init__(self, headline: Literal["mean", "max"], rank_reference: RankReference) -> None:
        super().__init__()
        if headline not in ("mean", "max"):
            raise refusal("selection.headline", headline, "mean or max")
        check_reference(rank_reference)
        self.metric = f"f1_{headline}"
        self.rank_reference: RankReference = rank_reference
        self._epochs: list[dict[str, Any]] = []

    def checkpoints(self, folder: Path, method: Summarizer) -> list[ModelCheckpoint]:
        """The best epoch of each scorer."""
        for scorer in method.scorers:
            name = checkpoint_name(self.name, None if scorer == method.main_scorer else scorer)
            self.kept[scorer] = keep(
                folder, name, monitor=f"{self.name}/{scorer}", mode="max", save_on_train_epoch_end=True
            )
        return list(self.kept.values())

    def state_dict(self) -> dict[str, Any]:
        """What each epoch came to."""
        return {"epochs": self._epochs}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from there."""
        self._epochs = state_dict["epochs"]

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Tests, and logs each scorer's F1, by which its best epoch is kept."""
        method = cast(Summarizer, pl_module)
        data: VideoDataModule = trainer.datamodule  # type: ignore[attr-defined]
        metrics = []
        with isolate_rng(), torch.no_grad():
            method.eval()
            for key in data.fold.test:  # every process tests them all
                video = data.pool.evaluated[key]
                scores = method.exact_scores(video.features.to(method.device), video.timing).values()
                found = np.stack([each.cpu().numpy() for each in scores])
                metrics.append(evaluate_scores(found, video, self.rank_reference))
            method.train()
        for scorer, means in zip(method.scorers, nan_mean(np.stack(metrics, axis=-1)), strict=True):
            values = dict(zip(METRICS, means.tolist(), strict=True))
            self._epochs.append({"epoch": trainer.current_epoch, "scorer": scorer, **values})
            method.log(f"{self.name}/{scorer}", values[self.metric])
        import pandas as pd

        self.history = pd.DataFrame(self._epochs)

    def tested(self) -> list[Weights]:
        """The last epoch, and each scorer's own checkpoint."""
        best = [Weights(kept.best_model_path, scorer, ORACLE) for scorer, kept in self.kept.items()]
        return [Weights(), *best]

    def chosen_epochs(self) -> dict[str, int]:
        """Each scorer's epoch."""
        return {str(scorer): epoch_of(checkpoint) for scorer, checkpoint in self.kept.items()}


def check_reference(rank_reference: str) -> None:
    """Refuses what rank correlations cannot be computed against.

    Raises:
        UserError: If it is none of `RankReference`.
    """
    if rank_reference not in get_args(RankReference):
        raise refusal(
            "selection.rank_reference", rank_reference, f"one of {', '.join(get_args(RankReference))}"
        )


def epoch_of(checkpoint: ModelCheckpoint) -> int:
    """The epoch, counted from 0, whose weights a callback has kept."""
    return int(torch.load(checkpoint.best_model_path, map_location="cpu", weights_only=True)["epoch"])
