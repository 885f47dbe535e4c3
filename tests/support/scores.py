"""Reads what a run recorded of its scores."""

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
