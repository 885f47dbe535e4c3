"""A run's `scores.h5`: importance scores and key-shots of every test video, by fold, video and scorer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from vsumlab.core.hdf5_output import hdf5_output
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.runs.folder import replacing
from vsumlab.summary.keyshots import key_shot_summary

if TYPE_CHECKING:
    from vsumlab.evaluation.rows import Scores


def write_scores(path: Path, folds: Mapping[int, Scores], videos: VideoFile) -> None:
    """Writes scores by fold: `fold_0/video_1/csnet/importance_scores` and `…/summary`."""
    with replacing(path) as unfinished, hdf5_output(unfinished) as file:
        for fold, scores in folds.items():
            for scorer, of_videos in scores.items():
                for key, importance in of_videos.items():
                    group = file.create_group(f"fold_{fold}/{key}/{scorer}")
                    group["importance_scores"] = importance
                    group["summary"] = key_shot_summary(importance, videos[key].timeline)


def join_scores(path: Path, parts: Iterable[Path]) -> None:
    """Writes one file with what several hold, each of folds of its own."""
    with replacing(path) as unfinished, hdf5_output(unfinished) as file:
        for part in parts:
            with h5py.File(part) as source:
                for fold in source:
                    source.copy(fold, file)
