"""What rank correlations are computed against: each annotator's opinion of each pick."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vsumlab.core.annotations import RankReference
from vsumlab.core.video import Video


def annotator_scores(video: Video, reference: RankReference) -> npt.NDArray[np.float64]:
    """What each annotator thought of the picks: (U, T), or (0, T) where the video does not have it.

    Of peer code's ways there may be fewer than T columns, of the first picks.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> people = Annotations(np.array([[True, True, False, False]]), np.array([[5.0, 1.0]]))
    >>> timeline = Timeline(np.array([0, 2]), 4, np.array([[0, 3]]))
    >>> video = Video("video_1", torch.zeros(2, 1), timeline, people)
    >>> annotator_scores(video, "user_scores"), annotator_scores(video, "user_summary")
    (array([[5., 1.]]), array([[1., 0.]]))
    """
    annotations, timeline = video.annotated, video.timeline
    if reference == "user_scores":
        return annotations.user_scores
    summary = annotations.user_summary
    if reference == "user_summary":
        return summary[:, timeline.picks].astype(np.float64)
    if reference == "user_summary_every_15":
        return summary[:, : timeline.n_picks * 15 : 15].astype(np.float64)
    runs = min(timeline.n_frames // 15, timeline.n_picks)
    means: npt.NDArray[np.float64] = summary[:, : runs * 15].reshape(len(summary), runs, 15).mean(axis=2)
    return means


def constant_annotators(video: Video, reference: RankReference) -> int:
    """How many annotators gave all picks the same score, and so have no rank correlation.

    >>> import torch
    >>> from vsumlab.core.annotations import Annotations
    >>> from vsumlab.core.timeline import Timeline
    >>> timeline = Timeline(np.arange(3), 3, np.stack([np.arange(3), np.arange(3)], axis=1))
    >>> people = Annotations(np.zeros((2, 3), dtype=bool), np.array([[2.0, 2.0, 2.0], [1.0, 5.0, 2.0]]))
    >>> video = Video("video_1", torch.zeros(3, 1), timeline, people)
    >>> constant_annotators(video, "user_scores"), constant_annotators(video, "user_summary")
    (1, 2)
    """
    return int((np.ptp(annotator_scores(video, reference), axis=1) == 0).sum())
