"""From features to the shots of a summary, by the steps of evaluation, on a video that nobody annotated."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.backbone_identity import described, same_network
from vsumlab.core.timeline import Timeline
from vsumlab.core.video import Timing
from vsumlab.errors import UserError
from vsumlab.summary.boundaries import shot_boundaries, shots_between
from vsumlab.summary.keyshots import select_shots
from vsumlab.video.backbone import Network
from vsumlab.video.budget import Budget
from vsumlab.video.features import VideoFeatures
from vsumlab.video.result import VideoSummary
from vsumlab.video.scorers import Scorer
from vsumlab.video.source import SourceVideo

PARTS = 3
"""Into how many parts a shot of a whole budget's length is cut: a summary shows more than one moment."""

LONGEST_SECONDS = 20
"""That a key-shot may have: in a film of hours, an unbroken shot of minutes is no moment."""


def find_shots(video: VideoFeatures) -> npt.NDArray[np.int64]:
    """The shots (S, 2) of a video, by kernel temporal segmentation of its features."""
    return shots_between(shot_boundaries(video.features), video.picks, video.n_frames)


def choose(
    source: SourceVideo,
    video: VideoFeatures,
    shots: npt.NDArray[np.int64],
    scorer: Scorer,
    budget: Budget,
) -> VideoSummary:
    """Scores a video, and chooses its key-shots.

    A shot that is longer than the budget could never be chosen, and one of minutes is no moment: they are cut
    into equal parts first.

    Args:
        source: The video.
        video: Its features.
        shots: (S, 2), as `find_shots` gives them.
        scorer: What scores it.
        budget: How long the summary may be.

    Raises:
        UserError: If the budget is less than a frame, or no shot has any importance.
    """
    capacity = budget.frames(video.n_frames, video.fps)
    if not capacity:
        raise UserError(f"{source.path}: --budget {budget}: less than one frame: choose a longer one")
    longest = max(1, round(LONGEST_SECONDS * video.fps))
    timeline = Timeline(video.picks, video.n_frames, divided(shots, capacity, longest), video.fps)
    scores = scorer.method.score(video.features, Timing.of(timeline)).double().numpy()
    selected = select_shots(scores, timeline, capacity)
    if not selected.any():
        raise UserError(
            f"{source.path}: no shot of it has any importance by {scorer.title}: take another method"
        )
    return VideoSummary(source.path, timeline, scores, selected, scorer.title, video.remarks)


def divided(shots: npt.NDArray[np.int64], capacity: int, longest: int) -> npt.NDArray[np.int64]:
    """Shots (S, 2), those that are too long cut into equal parts.

    Args:
        shots: First and last frames.
        capacity: How many frames a summary may have; parts have a third of that at most.
        longest: How many frames a shot may have.

    >>> divided(np.array([[0, 9], [10, 34]]), 12, 100).tolist()
    [[0, 9], [10, 12], [13, 16], [17, 19], [20, 23], [24, 26], [27, 30], [31, 34]]
    """
    lengths = shots[:, 1] - shots[:, 0] + 1
    of_part = max(1, min(capacity // PARTS, longest))
    n_parts = np.where(lengths > min(capacity, longest), -(-lengths // of_part), 1)
    of, part = np.repeat(np.arange(len(shots)), n_parts), np.concatenate([np.arange(n) for n in n_parts])
    begins = shots[of, 0] + part * lengths[of] // n_parts[of]
    return np.stack([begins, np.append(begins[1:], shots[-1, 1] + 1) - 1], axis=1)


def check_method(scorer: Scorer, network: Network) -> None:
    """Refuses a method of another network's features.

    Raises:
        UserError: Naming both networks, or their dimensions where the method's is not on record.
    """
    trained_on, dim = scorer.method.backbone, network.backbone.feature_dim
    if trained_on is not None and not same_network(trained_on, network.identity):
        raise UserError(
            f"{scorer.title}: was trained on features of {described(trained_on)}, these are of "
            f"{described(network.identity)}: leave out backbone=, or name a file with the same weights"
        )
    if (own := scorer.method.hparams.get("feature_dim", dim)) != dim:
        raise UserError(
            f"{scorer.title}: takes features of {own} dimensions, {network.backbone.name}'s have {dim}: name "
            "the backbone of its features, with backbone=NAME"
        )
