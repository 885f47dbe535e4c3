"""The LightningModule that methods share: features in, importance scores out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
import pytorch_lightning as pl
import torch
import torch.nn.functional as F
from pytorch_lightning.utilities.seed import isolate_rng
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vsumlab.core.backbone_identity import Identity
from vsumlab.core.batch import Batch
from vsumlab.core.video import Timing
from vsumlab.data.quantization import as_floats
from vsumlab.errors import CodeError, UserError
from vsumlab.methods.explanation import NOTHING, Explanation
from vsumlab.methods.noise import Noise
from vsumlab.methods.published import PaperRow


class Prediction(NamedTuple):
    """The scores of one video.

    Attributes:
        key: The video.
        scores: Importance scores (T,) in [0, 1], by scorer.
    """

    key: str
    scores: dict[str, npt.NDArray[np.float32]]


class Summarizer(pl.LightningModule, ABC):
    """A method: a way to score the importance of frames.

    A subclass says in `forward` how a batch is scored and, where it learns, trains itself by Lightning's own
    `training_step` and `configure_optimizers`; a method without parameters is not trained. Whatever it takes
    besides `feature_dim` stands in its file in `conf/method`. It calls `save_hyperparameters()`, so that its
    checkpoint gives it back.

    Attributes:
        name: What it is called.
        glossary: What a reader of its rows has to know: words of its rows, each with a sentence.
        curves: What it logs in training that is worth a plot, each with a title; all it logs where empty.
        paper_rows: Which configurations of it are rows of its paper, whose tables are the `published.csv`
            in its folder.
        backbone: The network of the features that it was trained on: its name, its weights' checksum and how
            it is fed; None where the feature file did not say, or it was not loaded from a run.
        find_unused_parameters: Whether a backward pass leaves parameters out, which several processes need
            to know.
    """

    name: ClassVar[str]
    glossary: ClassVar[tuple[tuple[str, str], ...]] = ()
    curves: ClassVar[tuple[tuple[str, str], ...]] = ()
    paper_rows: ClassVar[tuple[PaperRow, ...]] = ()
    backbone: Identity | None = None
    find_unused_parameters: bool = False

    _trained_on: tuple[str, ...] = ("a video",)
    _noise_seed: int | None = None

    @property
    def main_scorer(self) -> str:
        """Which of its scorers `forward` is: its name, unless it has several."""
        return self.name

    @property
    def scorers(self) -> tuple[str, ...]:
        """The names of all its scorers, each a row of the table, in the order of `all_scores`."""
        return (self.main_scorer,)

    @property
    def needs_gtscore(self) -> bool:
        """Whether it is trained on ground-truth scores."""
        return False

    @property
    def learns_from_labels(self) -> bool:
        """Whether ground-truth scores have a part in its scores.

        A method with a `base_run` overrides this: labels may have a part in those of the base.
        """
        return self.needs_gtscore

    @property
    def base_run(self) -> str | None:
        """The folder of the run whose method this one is built on, if it is built on one."""
        return None

    def build_on(self, base: Summarizer) -> None:
        """Takes the method of `base_run`, as it was trained on the same fold; called before training.

        A method with a `base_run` overrides this.
        """
        raise UserError(f"{self.name}: is built on no other method: leave the base out")

    @property
    def learns(self) -> bool:
        """Whether there is anything to train."""
        return any(parameter.requires_grad for parameter in self.parameters())

    @abstractmethod
    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Scores a batch.

        Args:
            features: (B, T, D) float32, padded at the end.
            lengths: (B,) int64, each video's own number of picks, at least 1.

        Returns:
            (B, T) importance scores in [0, 1]. What stands in the padding is ignored and must not change the
            rest.
        """

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """Scores one video (T, D) by every scorer that the method has: its own name is the only one.

        A method that scores in several ways, or by when frames are, overrides this, the former `scorers` too.
        """
        lengths = torch.tensor([len(features)], device=features.device)
        return {self.main_scorer: self(features.unsqueeze(0), lengths)[0]}

    def exact_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """`all_scores` in full precision, as all that is evaluated is scored: (T,) float32 each.

        Autocast is for the time that training takes. Scoring takes little, and numbers that are rounded to
        eight bits leave few different scores, and with them little of a ranking.

        Raises:
            CodeError: If a scorer's scores are no tensor, or not one a pick.
        """
        with torch.autocast(features.device.type, enabled=False):
            found = self.all_scores(features, timing)
        for name, scores in found.items():
            if not isinstance(scores, Tensor) or scores.shape != features.shape[:1]:
                given = f"{type(scores).__name__} of shape {tuple(getattr(scores, 'shape', ()))}"
                raise CodeError(
                    f"{type(self).__name__}: {name}: {given} for {len(features)} picks: return a tensor of "
                    "one score a pick, (B, T) from forward, (T,) from all_scores"
                )
        return {name: scores.float() for name, scores in found.items()}

    def one_by_one(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Scores (B, T) of a padded batch (B, T, D) by the main scorer, from `all_scores` of each video."""
        videos = zip(features, lengths.tolist(), strict=True)
        scores = [self.all_scores(video[:length])[self.main_scorer] for video, length in videos]
        padded = pad_sequence(scores, batch_first=True)
        return F.pad(padded, (0, features.shape[1] - padded.shape[1]))

    def predict_step(self, batch: Batch, batch_idx: int) -> Prediction:
        """Scores the one video of the batch."""
        (key,) = batch.keys
        (timing,) = batch.timings or (None,)
        scores = self.exact_scores(batch.features[0], timing)
        return Prediction(key, {name: each.cpu().numpy() for name, each in scores.items()})

    def validation_losses(self, batch: Batch) -> Tensor:
        """What the best epoch is lowest in, (B,) or a mean over the batch's videos.

        A criterion that needs no labels, unless the method is trained on them. A method that learns overrides
        this to be used with `selection=validation`.

        Raises:
            UserError: If the method has none.
        """
        raise UserError(f"selection=validation: {self.name} has no validation_losses: choose selection=last")

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Logs `validation/loss`, the mean over videos.

        What a loss draws is drawn anew in the same way for each batch: epochs are compared by the same draws,
        and training draws as it would without held-out videos.
        """
        with isolate_rng():
            torch.manual_seed(batch_idx)
            losses = self.validation_losses(batch)
        self.log_mean("validation/loss", losses, len(batch))

    def on_fit_start(self) -> None:
        """Has all processes draw noise by the seed that torch had in the first one, but dropout by their own.

        A method that overrides this calls it as well.
        """
        self._noise_seed = self.trainer.strategy.broadcast(torch.initial_seed())
        if self.trainer.global_rank > 0:  # Lightning has given all of them one seed
            torch.manual_seed((self._noise_seed + self.trainer.global_rank) % 2**63)

    def noise(self, batch: Batch) -> Noise:
        """What a step draws for a batch's videos: anew in each epoch, but the same for held-out ones."""
        unseeded = self._noise_seed is None and self._trainer is not None
        if self.training and unseeded:  # all seeds would draw the same
            raise CodeError(f"{type(self).__name__}.on_fit_start: has to call super().on_fit_start()")
        epoch = self.current_epoch if self.training else -1
        return Noise(self._noise_seed or 0, epoch, batch.keys, batch.features.device)

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Remembers which videos are trained on, to name one whose loss is no number."""
        self._trained_on = batch.keys

    def log_mean(self, name: str, values: Tensor, n_videos: int | None = None) -> None:
        """Logs a number's mean over the epoch's videos and over processes.

        Args:
            name: Such as `train/loss`.
            values: A number a video (B,), or what has the mean over a batch's videos.
            n_videos: B, where `values` is not (B,).

        Raises:
            UserError: In training, if a number is not finite: no later step could mend it.
        """
        if name.startswith("train/") and not (finite := values.isfinite()).all():
            keys = self._trained_on
            of_videos = finite.ndim > 0 and len(finite) == len(keys)
            good = finite.flatten(1).all(dim=1) if finite.ndim > 1 else finite
            named = [key for key, each in zip(keys, good, strict=True) if not each] if of_videos else keys
            raise UserError(
                f"{name} is not a finite number in epoch {self.current_epoch}, of {', '.join(named[:3])}: "
                "lower the learning rate, or look at the features with vsumlab inspect"
            )
        self.log(
            name,
            values.detach().float().mean(),
            on_step=False,
            on_epoch=True,
            batch_size=len(values) if n_videos is None else n_videos,
            sync_dist=True,
        )

    def explain(self, features: Tensor, timing: Timing | None = None) -> Explanation:
        """What the scores of a video (T, D) are made of, for plots: nothing, unless a method says so."""
        return NOTHING

    @torch.no_grad()
    def score(self, features: Tensor | npt.ArrayLike, timing: Timing | None = None) -> Tensor:
        """Scores one video.

        Args:
            features: (T, D), T at least 1, of the network that the method was trained with; numbers of any
                type, in a tensor or an array; bytes are taken for YouTube-8M's.
            timing: Where its picks lie in time, such as `Video.timing`, for methods that make use of that.

        Returns:
            (T,) importance scores in [0, 1].

        Raises:
            UserError: If the features are of another shape or not finite.
        """
        tensor = as_floats(torch.as_tensor(features)).to(self.device, torch.float32)
        feature_dim = self.hparams.get("feature_dim", tensor.shape[-1] if tensor.ndim else 0)
        if tensor.ndim != 2 or tensor.shape[0] < 1 or tensor.shape[1] != feature_dim:
            raise UserError(f"features: found shape {tuple(tensor.shape)}: expected (T, {feature_dim})")
        if not tensor.isfinite().all():
            raise UserError("features: found numbers that are not finite: extract them anew")
        return self.exact_scores(tensor, timing)[self.main_scorer]
