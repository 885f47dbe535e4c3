"""The `scores.h5` of a run, written by hand and read."""

from pathlib import Path

import h5py
import numpy as np


def recorded_scores(path: Path, fold: int) -> dict[str, dict[str, np.ndarray]]:
    """The importance scores of a fold's test videos in a `scores.h5`, by scorer and video."""
    found: dict[str, dict[str, np.ndarray]] = {}
    with h5py.File(path) as file:
        for key, scorers in file[f"fold_{fold}"].items():
            for scorer, group in scorers.items():
                found.setdefault(scorer, {})[key] = group["importance_scores"][()]
    return found


def write_scores_file(path: Path, folds: dict[int, dict[str, dict[str, np.ndarray]]]) -> Path:
    """The file of a run that is made up, from scores by fold, scorer and video."""
    with h5py.File(path, "w") as file:
        for fold, by_scorer in folds.items():
            for scorer, of_videos in by_scorer.items():
                for key, of_video in of_videos.items():
                    group = file.create_group(f"fold_{fold}/{key}/{scorer}")
                    group["importance_scores"] = of_video
                    group["summary"] = np.zeros(10, dtype=bool)
    return path
