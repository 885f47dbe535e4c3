"""A run's `scores.h5`: importance scores and key-shots of every test video, by fold, video and scorer."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import h5py

from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.runs.folder import replacing
from vsumlab.summary.keyshots import key_shot_summary

if TYPE_CHECKING:
    from vsumlab.evaluation.rows import Scores


@contextmanager
def written(path: Path) -> Iterator[h5py.File]:
    """An HDF5 file to fill, which is there when the block ends.

    It is made in memory: HDF5 itself ends a full disk with a page of its own words, or not at all.
    """
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        yield file
    with replacing(path) as unfinished:
        unfinished.write_bytes(content.getbuffer())


def write_scores(path: Path, folds: Mapping[int, Scores], videos: VideoFile) -> None:
    """Writes scores by fold: `fold_0/video_1/csnet/importance_scores` and `…/summary`."""
    with written(path) as file:
        for fold, scores in folds.items():
            for scorer, of_videos in scores.items():
                for key, importance in of_videos.items():
                    group = file.create_group(f"fold_{fold}/{key}/{scorer}")
                    group["importance_scores"] = importance
                    group["summary"] = key_shot_summary(importance, videos[key].timeline)


def join_scores(path: Path, parts: Iterable[Path]) -> None:
    """Writes one file with what several hold, each of folds of its own."""
    with written(path) as file:
        for part in parts:
            with h5py.File(part) as source:
                for fold in source:
                    source.copy(fold, file)
