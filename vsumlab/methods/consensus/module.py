"""The consensus direction as a LightningModule: one pass over the training videos, without labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vsumlab.core.batch import Batch
from vsumlab.core.process_group import of_all_processes
from vsumlab.core.video import Timing
from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.quantization import as_floats
from vsumlab.methods.common.rarity import rarity
from vsumlab.methods.common.shapes import in_picks, scaled_to_unit, shaped, smoothed, z_scores
from vsumlab.methods.common.shares import dealt_first
from vsumlab.methods.consensus.directions import load_direction
from vsumlab.methods.consensus.hyperparameters import ConsensusHyperparameters
from vsumlab.methods.consensus.segments import kept_segments, share_of
from vsumlab.methods.consensus.terms import covariance, edge_distance, shot_continuity
from vsumlab.methods.explanation import Explanation
from vsumlab.methods.summarizer import Summarizer
from vsumlab.methods.trust import trusted_method


class Consensus(Summarizer):
    """Importance by one direction of feature space: the mean covariance of features with a label-free score.

    The direction w is the gradient of the mean over training videos of 1/T sum_t z(p)_t (x_t . w), which does
    not depend on w. So an epoch of steps along it, from 0 and with a learning rate of 1, adds up to w, and
    several processes add up theirs as in any training.

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `ConsensusHyperparameters`.

    Attributes:
        direction: (D,) w.
        base: The method whose scores take the place of the pseudo-score's terms, if there is one.
        segments: (S, D) unit means of the training videos' segments, for uniqueness.

    Raises:
        UserError: If a number makes no sense, or there is no such direction.
    """

    name = "consensus"
    glossary = (
        (
            "consensus",
            "How far a frame lies along the direction of feature space that varies, over the training "
            "videos, with a pseudo-score; together with that score. vsumlab's own method.",
        ),
        ("direction", "How far a frame lies along that direction, alone."),
        ("pseudo-score", "That score alone: made without labels, or what another method, the base, gives."),
    )
    curves = (("train/covariance", "Covariance of the direction so far with the pseudo-score"),)
    scorers = ("pseudo-score", "direction", "consensus")

    hyperparameters: ConsensusHyperparameters
    segments: Tensor

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = ConsensusHyperparameters(**hyperparameters)
        self.direction = nn.Parameter(torch.zeros(feature_dim))
        if self.hyperparameters.direction is not None:
            found = load_direction(self.hyperparameters.direction, feature_dim)
            self.direction = nn.Parameter(found, requires_grad=False)
        self.register_buffer("segments", torch.zeros(0, feature_dim))
        self.base: Summarizer | None = None
        self._training: dict[str, int] = {}  # the training videos' places
        self._owners = torch.zeros(0, dtype=torch.int64)  # which of them each segment is of
        self._n_seen = 0  # by this process, in this epoch

    @property
    def base_run(self) -> str | None:
        """By `method.base`."""
        return self.hyperparameters.base

    @property
    def learns_from_labels(self) -> bool:
        """Where its base does."""
        return self.base is not None and self.base.learns_from_labels

    def build_on(self, base: Summarizer) -> None:
        """Takes another method's scores for the terms of the pseudo-score."""
        self.base = base.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> Self:
        """As any module, but the base is not trained."""
        super().train(mode)
        if self.base is not None:
            self.base.eval()
        return self

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D), as of videos without a timing."""
        return self.one_by_one(features, lengths)

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """The pseudo-score, the direction and both of one video (T, D): (T,) in [0, 1] each.

        Without a timing, frames are taken to be half a second apart, and continuity is left out.
        """
        terms, weights = self.terms(features, timing), self.hyperparameters
        both = (
            weights.direction_weight * z_scores(terms["direction"])
            + weights.pseudo_weight * z_scores(terms["pseudo-score"])
            + weights.continuity_weight * z_scores(terms["continuity"])
        )
        return {
            name: scaled_to_unit(values).float()
            for name, values in zip(
                self.scorers, (terms["pseudo-score"], terms["direction"], both), strict=True
            )
        }

    @torch.no_grad()
    def terms(self, features: Tensor, timing: Timing | None) -> dict[str, Tensor]:
        """What the score of one video (T, D) is made of: (T,) each, as float64."""
        with torch.autocast(features.device.type, enabled=False):
            frames, deviation = F.normalize(features.float(), dim=-1), self._deviation(timing)
            along = smoothed(z_scores(frames @ self.direction), deviation)
            continuity = torch.zeros_like(along)
            if timing is not None and self.hyperparameters.continuity_weight:
                continuity = shaped(shot_continuity(frames, timing.shots), deviation)
            pseudo = self.pseudo_terms(features, frames, timing, self.segments)
        return {
            **pseudo,
            "pseudo-score": torch.stack([*pseudo.values()]).sum(dim=0),
            "direction": along,
            "continuity": continuity,
        }

    def pseudo_terms(
        self, features: Tensor, frames: Tensor, timing: Timing | None, segments: Tensor
    ) -> dict[str, Tensor]:
        """What the pseudo-score p is the sum of: f of each term (T,), times its weight; or f of the base's.

        Args:
            features: (T, D).
            frames: (T, D) the same as unit vectors.
            timing: The video's, if it is there.
            segments: (S, D) of videos that it is to be unlike.
        """
        weights, deviation = self.hyperparameters, self._deviation(timing)
        if self.base is not None:
            return {"base": shaped(self.base.all_scores(features, timing)[self.base.main_scorer], deviation)}
        terms = {}
        if weights.rarity_weight:
            found = rarity(frames, frames, weights.sharpness)
            terms["rarity"] = weights.rarity_weight * shaped(found, deviation)
        if weights.edge_weight:
            found = edge_distance(len(frames)).to(frames.device)
            terms["edge"] = weights.edge_weight * shaped(found, deviation)
        if weights.uniqueness_weight:
            found = rarity(frames, segments, weights.sharpness)
            terms["uniqueness"] = weights.uniqueness_weight * shaped(found, deviation)
        return terms

    def _deviation(self, timing: Timing | None) -> float:
        """The Gaussian's standard deviation in picks."""
        return in_picks(self.hyperparameters.smoothing_seconds, timing)

    def explain(self, features: Tensor, timing: Timing | None = None) -> Explanation:
        """The terms of a video (T, D) side by side, those of the pseudo-score by their weights."""
        terms = self.terms(features, timing)
        return Explanation({name: value.float().cpu().numpy() for name, value in terms.items()}, {})

    def on_fit_start(self) -> None:
        """Takes segments of all training videos, each process those of its share, and gives them to all."""
        super().on_fit_start()
        data = cast(VideoDataModule, self.trainer.datamodule)  # type: ignore[attr-defined]
        keys, rank, world_size = data.all_training_videos, self.trainer.global_rank, self.trainer.world_size
        self._training = {key: place for place, key in enumerate(keys)}
        if self.base is not None or not self.hyperparameters.uniqueness_weight:
            return
        own = {}
        for place in range(rank, len(keys), world_size):
            share = share_of(place, len(keys), self.hyperparameters.max_segments)
            video = data.pool.video(keys[place])
            length = max(1, round(in_picks(self.hyperparameters.segment_seconds, video.timing)))
            frames = F.normalize(as_floats(video.features).to(self.device), dim=-1)
            own[place] = kept_segments(frames, length, share).cpu()
        found = {place: segments for share in of_all_processes(own) for place, segments in share.items()}
        kept = [found[place] for place in range(len(keys))]
        self.segments = torch.cat(kept).to(self.device)
        self._owners = torch.repeat_interleave(torch.tensor([*map(len, kept)])).to(self.device)

    def on_train_epoch_start(self) -> None:
        """Counts videos anew."""
        self._n_seen = 0

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """Minus the direction's covariance with the batch's pseudo-scores, whose gradient adds to it."""
        covariances = self.covariances(batch)
        world_size, rank = self.trainer.world_size, self.trainer.global_rank
        counts = dealt_first(self._n_seen, len(batch), rank, world_size, len(self._training))
        self._n_seen += len(batch)
        covariances = covariances * counts.to(covariances).unsqueeze(-1)
        along = (covariances * self.direction).sum(dim=-1)
        self.log_mean("train/covariance", along)
        return -along.sum() * world_size / len(self._training)

    def validation_losses(self, batch: Batch) -> Tensor:
        """Minus the direction's covariance (B,) with the pseudo-scores of videos that it is not from."""
        return -(self.covariances(batch) * self.direction).sum(dim=-1)

    @torch.no_grad()
    def covariances(self, batch: Batch) -> Tensor:
        """The covariances (B, D) of each video's features with its pseudo-score."""
        found = []
        timings = batch.timings or (None,) * len(batch)
        for key, features, length, timing in zip(
            batch.keys, batch.features, batch.lengths.tolist(), timings, strict=True
        ):
            with torch.autocast(features.device.type, enabled=False):
                own_features = features[:length].float()
                frames = F.normalize(own_features, dim=-1)
                own = self._training.get(key, -1)
                segments = self.segments if own < 0 else self.segments[self._owners != own]
                pseudo = torch.stack(
                    [*self.pseudo_terms(own_features, frames, timing, segments).values()]
                ).sum(dim=0)
                found.append(covariance(z_scores(pseudo), frames))
        return torch.stack(found)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Steps as long as their gradients, which add up to the direction."""
        return torch.optim.SGD([self.direction], lr=1.0)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Says what the base is, whose weights are among this method's, as the direction's numbers are."""
        checkpoint["hyper_parameters"]["direction"] = None  # else its file would be looked for again
        if self.base is not None:
            kind = type(self.base)
            checkpoint["base"] = {
                "class": f"{kind.__module__}:{kind.__qualname__}",
                "hyper_parameters": dict(self.base.hparams),
            }
            self.base.on_save_checkpoint(checkpoint["base"])

    def on_load_checkpoint(self, checkpoint: Mapping[str, Any]) -> None:
        """Makes the base again, and room for as many segments as were kept."""
        if "base" in checkpoint:
            kept = dict(checkpoint["base"])
            kind = trusted_method(kept["class"], "a checkpoint's base")
            base = kind(**kept["hyper_parameters"]).to(self.direction.device)
            weights = checkpoint["state_dict"].items()
            kept["state_dict"] = {
                name.removeprefix("base."): value for name, value in weights if name.startswith("base.")
            }
            base.on_load_checkpoint(kept)
            self.build_on(base)
        self.segments = torch.zeros_like(checkpoint["state_dict"]["segments"], device=self.device)
