"""The contrastive criteria as a LightningModule: one pass scores a video by all combinations of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vsumlab.config import check_positive, check_whole
from vsumlab.data.batch import Batch
from vsumlab.errors import UserError
from vsumlab.methods.contrastive.anchors import anchors
from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import (
    global_consistency,
    local_dissimilarity,
    nearest_neighbours,
    neighbour_count,
    own_columns,
)
from vsumlab.methods.contrastive.losses import filter_loss, segments, uniqueness_loss
from vsumlab.methods.contrastive.network import Projector, UniquenessFilter
from vsumlab.methods.contrastive.sampling import at_picks, resampled_picks
from vsumlab.methods.contrastive.scores import importance
from vsumlab.methods.explanation import Explanation
from vsumlab.methods.summarizer import Summarizer

COMBINATIONS = (("align",), ("align", "uniform"), ("align", "filter"), ("align", "uniform", "filter"))
"""The rows of the paper's tables 1 and 2, those of pre-trained features being the first two."""


class Contrastive(Summarizer):
    """Importance by local dissimilarity, global consistency and uniqueness (Pang et al. 2023).

    Args:
        feature_dim: D, taken from the feature file.
        refine: Train a projector of the features (sec. 4.3); else the criteria are those of the frozen ones.
        uniqueness: Train it with the uniqueness loss and the filter (eq. 11), else without (eq. 8).
        neighbour_share: a, how much of a video is a frame's neighbourhood.
        neighbour_itself: Whether K = int(aT) and a frame is its own neighbour, or K = aT rounded of others.
        consistency_itself: Whether the mean of eq. 5 and 7 is over all T frames, or over the T - 1 others.
        own_segments: Whether the mean of eq. 9 is over the own video's segments too.
        normalized_outputs: Whether segments and the filter take the projector's outputs normalised.
        filter_target: What L_unique is scaled to for the filter to learn: [lowest, highest].
        magnitude: Scores before smoothing: `exponential`, exp(p - 1), or `offset`, p + epsilon (eq. 12).
        offset: epsilon.
        smoothing: The standard deviation of the Gaussian that smooths scores, in picks.
        uniform_weight: lambda_1.
        unique_weight: lambda_2.
        filter_weight: lambda_3.
        frames: How many frames of each video are trained on.
        segment_length: m, in frames.
        normalize_training: Whether features of unit length enter the projector in training.
        normalize_testing: Whether they do in testing; criteria and neighbours always are of unit vectors.
        heads: Attention heads of each layer.
        dropout: Of attention weights.
        learning_rate: Adam's.
        weight_decay: Adam's.

    Raises:
        UserError: If a number or a choice is none that can be meant.
    """

    def __init__(
        self,
        feature_dim: int,
        refine: bool,
        uniqueness: bool,
        neighbour_share: float,
        neighbour_itself: bool,
        consistency_itself: bool,
        own_segments: bool,
        normalized_outputs: bool,
        filter_target: Sequence[float],
        magnitude: Literal["exponential", "offset"],
        offset: float,
        smoothing: float,
        uniform_weight: float,
        unique_weight: float,
        filter_weight: float,
        frames: int,
        segment_length: int,
        normalize_training: bool,
        normalize_testing: bool,
        heads: int,
        dropout: float,
        learning_rate: float,
        weight_decay: float,
    ) -> None:
        super().__init__()
        self.save_hyperparameters()
        self._check()
        self.name = "contrastive" if refine else "contrastive_pretrained"
        self.combinations = COMBINATIONS if refine and uniqueness else COMBINATIONS[:2]
        self.projector = Projector(feature_dim, heads, dropout) if refine else None
        self.filter = UniquenessFilter(heads, dropout) if refine and uniqueness else None
        if (neighbour_share, uniform_weight) == (0.1, 0.5):
            published = self.combinations[2:] if self.filter else self.combinations
            mark = "" if refine else "*"  # as the paper marks criteria of pre-trained features
            self.published_names = {name: name + mark for name in map(",".join, published)}

    @property
    def main_scorer(self) -> str:
        """All criteria that there are."""
        return ",".join(self.combinations[-1])

    def _check(self) -> None:
        """Refuses hyper-parameters that cannot be meant."""
        given = self.hparams
        check_whole(given, prefix="method.", frames=2, segment_length=1, heads=1)
        weights = ("uniform_weight", "unique_weight", "filter_weight", "learning_rate")
        check_positive(given, "neighbour_share", "offset", "smoothing", *weights, prefix="method.")
        if given["magnitude"] not in ("exponential", "offset"):
            raise UserError(f"method.magnitude={given['magnitude']}: expected exponential or offset")
        target = given["filter_target"]
        if len(target) != 2 or not 0 <= target[0] < target[1] <= 1:
            raise UserError(f"method.filter_target={target}: expected two numbers, rising, from 0 to 1")
        if not 0 <= given["dropout"] < 1:
            raise UserError(f"method.dropout={given['dropout']}: expected from 0 to below 1")
        if given["neighbour_share"] > 1:
            raise UserError(f"method.neighbour_share={given['neighbour_share']}: expected at most 1")
        if given["segment_length"] > given["frames"]:
            raise UserError(
                f"method.segment_length={given['segment_length']}: expected at most method.frames, "
                f"{given['frames']}"
            )

    def all_scores(self, features: Tensor) -> dict[str, Tensor]:
        """Scores one video (T, D) by every combination of criteria that there are: (T,) in [0, 1] each."""
        criteria = self.criteria(features)
        magnitude, offset, smoothing = (self.hparams[name] for name in ("magnitude", "offset", "smoothing"))
        return {
            ",".join(names): importance([criteria[name] for name in names], magnitude, offset, smoothing)
            for names in self.combinations
        }

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D) by all criteria there are (eq. 12)."""
        videos = zip(features, lengths.tolist(), strict=True)
        scores = [self.all_scores(video[:length])[self.main_scorer] for video, length in videos]
        padded = pad_sequence(scores, batch_first=True)
        return F.pad(padded, (0, features.shape[1] - padded.shape[1]))

    @torch.no_grad()
    def criteria(self, features: Tensor) -> dict[str, Tensor]:
        """L_align, L_uniform and, where there is one, the filter's H of a video (T, D): (T,) each."""
        inputs = F.normalize(features, dim=-1) if self.hparams["normalize_testing"] else features
        outputs = None if self.projector is None else self.projector(inputs[None])
        align, uniform = video_criteria(
            features,
            None if outputs is None else outputs[0],
            self.hparams["neighbour_share"],
            self.hparams["neighbour_itself"],
            self.hparams["consistency_itself"],
        )
        criteria = {"align": align, "uniform": uniform}
        if self.filter is not None and outputs is not None:
            criteria["filter"] = self.filter(self._aggregated(outputs))[0].sigmoid()
        return criteria

    def explain(self, features: Tensor) -> Explanation:
        """The criteria of a video (T, D) side by side, and frames that show what two of them do (fig. 3)."""
        criteria = self.criteria(features)
        pairs = {
            ("align", other): anchors(features, criteria["align"], criteria[other]) for other in criteria
        }
        del pairs["align", "align"]
        return Explanation({name: value.cpu().numpy() for name, value in criteria.items()}, pairs)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the joint loss (eq. 8) or the full one (eq. 11)."""
        losses = self._resampled_losses(batch)
        loss = self._joint(losses)
        for name, value in {**losses, "loss": loss}.items():
            self.log(
                f"train/{name}",
                value.detach().mean(),
                on_step=False,
                on_epoch=True,
                batch_size=len(batch),
                sync_dist=True,
            )
        return loss

    def validation_losses(self, batch: Batch) -> Tensor:
        """What is trained by, of videos that are not: the joint loss or the full one."""
        return self._joint(self._resampled_losses(batch))

    def _resampled_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of each frame of a batch's videos, resampled to the same number of frames."""
        return self.losses(at_picks(batch.features, resampled_picks(batch.lengths, self.hparams["frames"])))

    def _joint(self, losses: dict[str, Tensor]) -> Tensor:
        """The weighted sum of the losses' means (eq. 8 or 11)."""
        weights = {"align": 1.0} | {
            name: self.hparams[f"{name}_weight"] for name in ("uniform", "unique", "filter")
        }
        return torch.stack([weights[name] * value.mean() for name, value in losses.items()]).sum()

    def losses(self, features: Tensor) -> dict[str, Tensor]:
        """The losses (B, T) of each frame of B videos of equal length (B, T, D)."""
        assert self.projector is not None
        with torch.no_grad():
            frozen = F.normalize(features, dim=-1)
            itself = own_columns(range(frozen.shape[1]), frozen.shape[1], frozen.device)
            with_itself = self.hparams["neighbour_itself"]
            count = neighbour_count(frozen.shape[1], self.hparams["neighbour_share"], with_itself)
            neighbours = nearest_neighbours(frozen @ frozen.mT, itself, count, with_itself)
        outputs = self.projector(frozen if self.hparams["normalize_training"] else features)
        refined = F.normalize(outputs, dim=-1)
        similarity = refined @ refined.mT
        losses = {
            "align": local_dissimilarity(similarity, neighbours),
            "uniform": global_consistency(similarity, itself, self.hparams["consistency_itself"]),
        }
        # a video that is alone in its batch has no others to be unlike
        if self.filter is not None and (self.hparams["own_segments"] or len(features) > 1):
            aggregated = self._aggregated(outputs)
            all_segments = segments(aggregated, self.hparams["segment_length"])
            losses["unique"] = uniqueness_loss(refined, all_segments, self.hparams["own_segments"])
            low, high = self.hparams["filter_target"]
            losses["filter"] = filter_loss(self.filter(aggregated.detach()), losses["unique"], (low, high))
        return losses

    def _aggregated(self, outputs: Tensor) -> Tensor:
        """What of the projector's outputs (…, E) segments are made of, and the filter reads."""
        return F.normalize(outputs, dim=-1) if self.hparams["normalized_outputs"] else outputs

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        rates = (self.hparams["learning_rate"], self.hparams["weight_decay"])
        return torch.optim.Adam(self.parameters(), lr=rates[0], weight_decay=rates[1])
