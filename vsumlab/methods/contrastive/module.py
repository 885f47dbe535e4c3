"""The contrastive criteria as a LightningModule: one pass scores a video by all combinations of them."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from vsumlab.core.batch import Batch
from vsumlab.core.process_group import gathered, n_processes, rank
from vsumlab.core.video import Timing
from vsumlab.methods.common.adam import adam
from vsumlab.methods.contrastive.anchors import anchors
from vsumlab.methods.contrastive.blocks import video_criteria
from vsumlab.methods.contrastive.criteria import (
    global_consistency,
    local_dissimilarity,
    nearest_neighbours,
    neighbour_count,
    own_columns,
)
from vsumlab.methods.contrastive.hyperparameters import ContrastiveHyperparameters
from vsumlab.methods.contrastive.losses import filter_loss, segments, uniqueness_loss
from vsumlab.methods.contrastive.network import Projector, UniquenessFilter
from vsumlab.methods.contrastive.sampling import at_picks, resampled_picks
from vsumlab.methods.contrastive.scores import importance
from vsumlab.methods.explanation import Explanation
from vsumlab.methods.published import PaperRow
from vsumlab.methods.summarizer import Summarizer

COMBINATIONS = (("align",), ("align", "uniform"), ("align", "filter"), ("align", "uniform", "filter"))
"""The rows of the paper's tables 1 and 2, those of pre-trained features being the first two."""


class Contrastive(Summarizer):
    """Importance by local dissimilarity, global consistency and uniqueness (Pang et al. 2023).

    Args:
        feature_dim: D, taken from the feature file.
        **hyperparameters: See `ContrastiveHyperparameters`.

    Raises:
        UserError: If a number or a choice makes no sense.
    """

    name = "contrastive"
    glossary = (
        (
            "align",
            "Local dissimilarity: how unlike a frame is to those that are most like it. A criterion of Pang "
            "et al., Contrastive Losses Are Natural Criteria for Unsupervised Video Summarization, WACV "
            "2023; several are multiplied with each other.",
        ),
        ("uniform", "Global consistency, a criterion of theirs: how like a frame is to the whole video."),
        ("filter", "Uniqueness, a criterion of theirs: how unlike a frame is to other videos."),
        ("contrastive", "Their criteria as the authors' code computes them."),
        ("contrastive_paper", "Their criteria as the paper's text says."),
        (
            "refine",
            "Whether features were refined for the criteria, by eq. 8, or with uniqueness by eq. 11; not at "
            "all: * in the paper.",
        ),
        ("uniqueness", "Whether features were refined with uniqueness, by eq. 11."),
    )
    curves = (
        ("train/loss", "Weighted sum"),
        ("train/align", "L_align"),
        ("train/uniform", "L_uniform"),
        ("train/unique", "L_unique"),
        ("train/filter", "The filter's loss"),
    )
    paper_rows = tuple(
        PaperRow(",".join(names) + mark, preset, ",".join(names), {"refine": refine, "uniqueness": unique})
        for preset in ("contrastive", "contrastive_paper")  # the code, which the figures come from; the text
        for refine, unique, mark, rows in (
            (False, False, "*", COMBINATIONS[:2]),
            (False, True, "*", COMBINATIONS[:2]),  # without refinement, uniqueness has no say
            (True, False, "", COMBINATIONS[:2]),
            (True, True, "", COMBINATIONS[2:]),
        )
        for names in rows
    )

    hyperparameters: ContrastiveHyperparameters

    def __init__(self, feature_dim: int, **hyperparameters: Any) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.hyperparameters = chosen = ContrastiveHyperparameters(**hyperparameters)
        filtered = chosen.refine and chosen.uniqueness
        self.combinations = COMBINATIONS if filtered else COMBINATIONS[:2]
        self.projector = Projector(feature_dim, chosen.heads, chosen.dropout) if chosen.refine else None
        self.filter = UniquenessFilter(chosen.heads, chosen.dropout) if filtered else None
        # of a video that is alone in its batch the filter learns nothing then
        self.find_unused_parameters = filtered and not chosen.own_segments

    @property
    def main_scorer(self) -> str:
        """All criteria that there are."""
        return self.scorers[-1]

    @property
    def scorers(self) -> tuple[str, ...]:
        """A scorer for each combination of criteria."""
        return tuple(map(",".join, self.combinations))

    def all_scores(self, features: Tensor, timing: Timing | None = None) -> dict[str, Tensor]:
        """Scores one video (T, D) by every combination of criteria that there are: (T,) in [0, 1] each."""
        criteria = self.criteria(features)
        chosen = self.hyperparameters
        return {
            ",".join(names): importance(
                [criteria[name] for name in names], chosen.magnitude, chosen.offset, chosen.smoothing
            )
            for names in self.combinations
        }

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Importance scores (B, T) of a padded batch (B, T, D) by all criteria there are (eq. 12)."""
        return self.one_by_one(features, lengths)

    @torch.no_grad()
    def criteria(self, features: Tensor) -> dict[str, Tensor]:
        """L_align, L_uniform and, where there is one, the filter's H of a video (T, D): (T,) each."""
        inputs = F.normalize(features, dim=-1) if self.hyperparameters.normalize_testing else features
        outputs = None if self.projector is None else self.projector(inputs[None])
        align, uniform = video_criteria(
            features,
            None if outputs is None else outputs[0],
            self.hyperparameters.neighbour_share,
            self.hyperparameters.neighbour_itself,
            self.hyperparameters.consistency_itself,
        )
        criteria = {"align": align, "uniform": uniform}
        if self.filter is not None and outputs is not None:
            criteria["filter"] = self.filter(self._aggregated(outputs))[0].sigmoid()
        return criteria

    def explain(self, features: Tensor, timing: Timing | None = None) -> Explanation:
        """The criteria of a video (T, D) side by side, and frames that show what two of them do (fig. 3)."""
        criteria = self.criteria(features)
        pairs = {
            ("align", other): anchors(features, criteria["align"], criteria[other]) for other in criteria
        }
        del pairs["align", "align"]
        return Explanation({name: value.float().cpu().numpy() for name, value in criteria.items()}, pairs)

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        """The mean over videos of the joint loss (eq. 8) or the full one (eq. 11)."""
        losses = self._resampled_losses(batch)
        loss = self._joint(losses)
        for name, value in {**losses, "loss": loss}.items():
            self.log_mean(f"train/{name}", value, len(batch))
        return loss

    def validation_losses(self, batch: Batch) -> Tensor:
        """What is trained by, of videos that are not: the joint loss or the full one."""
        return self._joint(self._resampled_losses(batch))

    def _resampled_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The losses of each frame of a batch's videos, resampled to the same number of frames."""
        picks = resampled_picks(batch.lengths, self.hyperparameters.frames, self.noise(batch))
        return self.losses(at_picks(batch.features, picks))

    def _joint(self, losses: dict[str, Tensor]) -> Tensor:
        """The weighted sum of the losses' means (eq. 8 or 11)."""
        weights = self.hyperparameters.loss_weights
        return torch.stack([weights[name] * value.mean() for name, value in losses.items()]).sum()

    def losses(self, features: Tensor) -> dict[str, Tensor]:
        """The losses (B, T) of each frame of B videos of equal length (B, T, D).

        Videos are to be unlike those of the global batch, the other processes' included.
        """
        assert self.projector is not None
        with torch.no_grad():
            frozen = F.normalize(features, dim=-1)
            itself = own_columns(range(frozen.shape[1]), frozen.shape[1], frozen.device)
            with_itself = self.hyperparameters.neighbour_itself
            count = neighbour_count(frozen.shape[1], self.hyperparameters.neighbour_share, with_itself)
            neighbours = nearest_neighbours(frozen @ frozen.mT, itself, count, with_itself)
        outputs = self.projector(frozen if self.hyperparameters.normalize_training else features)
        refined = F.normalize(outputs, dim=-1)
        similarity = refined @ refined.mT
        losses = {
            "align": local_dissimilarity(similarity, neighbours),
            "uniform": global_consistency(similarity, itself, self.hyperparameters.consistency_itself),
        }
        n_videos = n_processes() * len(features)
        # a video that is alone in its batch has no others to be unlike
        if self.filter is not None and (self.hyperparameters.own_segments or n_videos > 1):
            aggregated = self._aggregated(outputs)
            all_segments = gathered(segments(aggregated, self.hyperparameters.segment_length))
            losses["unique"] = uniqueness_loss(
                refined, all_segments, self.hyperparameters.own_segments, rank() * len(features)
            )
            low, high = self.hyperparameters.filter_target
            losses["filter"] = filter_loss(self.filter(aggregated.detach()), losses["unique"], (low, high))
        return losses

    def _aggregated(self, outputs: Tensor) -> Tensor:
        """What of the projector's outputs (…, E) segments are made of, and the filter reads."""
        return F.normalize(outputs, dim=-1) if self.hyperparameters.normalized_outputs else outputs

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        chosen = self.hyperparameters
        return adam(self.parameters(), chosen.learning_rate, chosen.weight_decay)
