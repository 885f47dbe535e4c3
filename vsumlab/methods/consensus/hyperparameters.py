"""What can be chosen of the consensus direction, each by a switch of the same name in `conf/method`."""

from __future__ import annotations

from dataclasses import dataclass

from vsumlab.checks import check_paths
from vsumlab.entries import check_positive, check_weights, check_whole
from vsumlab.errors import UserError


@dataclass(frozen=True)
class ConsensusHyperparameters:
    """The constants of the consensus direction; README.md says where they come from.

    A term with a weight of 0 is left out.

    Attributes:
        rarity_weight: The weight, in the pseudo-score, of how unlike the rest of its video a frame is.
        edge_weight: The weight, in the pseudo-score, of how far a frame is from the nearer end of the video.
        uniqueness_weight: The weight, in the pseudo-score, of how unlike the segments of other training
            videos a frame is.
        direction_weight: The weight, in the score, of how far a frame lies along the direction.
        pseudo_weight: The weight, in the score, of the pseudo-score.
        continuity_weight: The weight, in the score, of how like the shots around it a frame's shot is.
        sharpness: How much nearer than the median a frame has to be to make another one common.
        smoothing_seconds: The standard deviation of the Gaussian that smooths scores.
        segment_seconds: How long a segment of a training video is, for uniqueness.
        max_segments: How many segments are kept, of all training videos together.
        direction: A direction that is there already, in place of one from training videos: the name of one
            that ships, or a `.npy` file of (D,) numbers. Then nothing is trained; uniqueness is left out.
        base: The folder of a run, whose method's scores take the place of the pseudo-score's terms; or none.

    Raises:
        UserError: If a number makes no sense.
    """

    rarity_weight: float
    edge_weight: float
    uniqueness_weight: float
    direction_weight: float
    pseudo_weight: float
    continuity_weight: float
    sharpness: float
    smoothing_seconds: float
    segment_seconds: float
    max_segments: int
    direction: str | None
    base: str | None

    def __post_init__(self) -> None:
        check_positive(vars(self), "sharpness", "segment_seconds", prefix="method.")
        check_positive(vars(self), "smoothing_seconds", prefix="method.", most=1000)
        check_whole(vars(self), prefix="method.", max_segments=1)
        pseudo = ("rarity_weight", "edge_weight", "uniqueness_weight")
        score = ("direction_weight", "pseudo_weight", "continuity_weight")
        check_weights(vars(self), *pseudo, *score, prefix="method.")
        files = [name for name in ("direction", "base") if vars(self)[name] is not None]
        check_paths(vars(self), *files, prefix="method.")
        if self.direction is not None and self.base is not None:
            raise UserError(
                "method.direction and method.base: a direction that is there needs no base: choose one"
            )
        made = pseudo if self.direction is None else pseudo[:2]  # there are no videos to be unlike
        for names in (made, score):
            if not any(vars(self)[name] for name in names):
                raise UserError(f"method.{', method.'.join(names)}: all are 0: give one of them a weight")
