"""Run folders as `vsumlab.run` leaves them, made up: what is in them is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from vsumlab.results.rows import Row

VIDEOS = {0: ("video_1", "video_2", "video_3"), 1: ("video_4", "video_5", "video_6", "video_7")}


def made_rows(scorers: Mapping[str, float], folds: tuple[int, ...], seed: int, dataset: str) -> list[Row]:
    """Rows of some scorers, each with figures about a level of its own, and of the three baselines."""
    rows = []
    for fold in folds:
        for video in VIDEOS[fold]:
            for scorer, level in {"random": 0.3, "human": 0.5, "gtscore": 0.6, **scorers}.items():
                own = 0 if scorer in ("random", "human", "gtscore") else seed
                noise = np.random.default_rng([own, int(video[-1]), len(scorer)]).random(5)
                rows.append(Row(fold, seed, dataset, video, scorer, *(level + 0.1 * noise).tolist()))
    return rows


def made_run(
    folder: Path,
    scorers: Mapping[str, float],
    folds: tuple[int, ...] = (0, 1),
    seed: int = 0,
    dataset: str = "tvsum",
    setting: str = "canonical",
    overrides: tuple[str, ...] = (),
    status: str = "done",
    **record: Any,
) -> list[Row]:
    """Writes a run folder; the overrides stand in its configuration under their own names."""
    folder.mkdir(parents=True)
    told = dict(override.split("=") for override in overrides)
    config = {"fold": "all", "seed": seed, "data": {"name": dataset}, "setting": {"name": setting}, **told}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    content = {
        "status": status,
        "name": "made",
        "command": "python -m vsumlab.run made=up",
        "overrides": list(overrides),
        "git": {"commit": "0123456789abcdef", "dirty": False},
        "machine": {"torch_threads": 1, "gpu": None},
        "seed": seed,
        "wall_time_s": 60.0,
        "setting": setting,
        "dataset": {"name": dataset, "headline": "mean", "remark": ""},
        **record,
    }
    (folder / "run.json").write_text(json.dumps(content))
    rows = made_rows(scorers, folds, seed, dataset)
    with (folder / "videos.csv").open("w", newline="") as file:
        csv.writer(file).writerows([Row._fields, *rows])
    return rows
