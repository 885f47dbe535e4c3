"""Run folders as `vsumlab run` leaves them, made up: what is in them is known."""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from omegaconf import OmegaConf

from vsumlab.config import compose_config
from vsumlab.evaluation.rows import COLUMNS
from vsumlab.runs.reading import Run

VIDEOS = {0: ("video_1", "video_2", "video_3"), 1: ("video_4", "video_5", "video_6", "video_7")}

Row = namedtuple("Row", COLUMNS)
"""A line of `videos.csv`."""


def made_rows(scorers: Mapping[str, float], folds: tuple[int, ...], seed: int, dataset: str) -> list[Row]:
    """Rows of some scorers, each with figures about a level of its own, and of the three baselines."""
    rows = []
    for fold in folds:
        for video in VIDEOS[fold]:
            for scorer, level in {"random": 0.3, "human": 0.5, "gtscore": 0.6, **scorers}.items():
                own = 0 if scorer in ("random", "human", "gtscore") else seed
                noise = np.random.default_rng([own, int(video[-1]), len(scorer)]).random(5)
                rows.append(Row(fold, seed, dataset, video, scorer, *(level + 0.1 * noise).tolist(), 1.0))
    return rows


def write_rows(folder: Path, rows: list[Row]) -> None:
    """The `videos.csv` of a run or a fold."""
    pd.DataFrame(rows, columns=COLUMNS).to_csv(folder / "videos.csv", index=False)


def entries(overrides: tuple[str, ...]) -> dict[str, Any]:
    """Overrides as they stand in a resolved configuration: under their own names."""
    named = (override.split("=", 1) for override in overrides)
    return {name: yaml.safe_load(value) for name, value in named}


def made_run(
    folder: Path,
    scorers: Mapping[str, float],
    folds: tuple[int, ...] = (0, 1),
    seed: int = 0,
    dataset: str = "tvsum",
    setting: str = "canonical",
    overrides: tuple[str, ...] = (),
    status: str = "done",
    config: Mapping[str, Any] | None = None,
    **record: Any,
) -> list[Row]:
    """Writes a run folder.

    Its configuration has the overrides under their own names, unless a whole one is given; `record` replaces
    entries of `run.json`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    assert not (folder / "run.json").exists(), "there is a run already"
    own = {"fold": "all", "seed": seed, "data": {"name": dataset}, "setting": {"name": setting}}
    content = {**own, **entries(overrides)} if config is None else dict(config)
    (folder / "config.yaml").write_text(yaml.safe_dump(content))
    made = {
        "status": status,
        "name": "made",
        "command": "python -m vsumlab.run made=up",
        "overrides": list(overrides),
        "git": {"commit": "0123456789abcdef", "dirty": False, "changes": None},
        "machine": {"torch_threads": 1, "gpu": None},
        "seed": seed,
        "wall_time_s": 60.0,
        "setting": setting,
        "dataset": {"name": dataset, "headline": "mean", "remark": ""},
        **record,
    }
    (folder / "run.json").write_text(json.dumps(made))
    rows = made_rows(scorers, folds, seed, dataset)
    write_rows(folder, rows)
    return rows


def composed_run(folder: Path, scorers: Mapping[str, float], *overrides: str, **more: Any) -> list[Row]:
    """Writes the folder of a run with the configuration that some overrides make."""
    config: Any = OmegaConf.to_container(compose_config(overrides), resolve=True)
    of = {"dataset": config["data"]["name"], "setting": config["setting"]["name"], "seed": config["seed"]}
    more = {"published": config["published"], "name": config["name"], **of, **more}
    return made_run(folder, scorers, overrides=overrides, config=config, **more)


def made_fold(run: Path, fold: int, scorers: Mapping[str, float], **more: Any) -> list[Row]:
    """Writes a fold's folder; the configuration stands in the run's."""
    folder = run / f"fold_{fold}"
    rows = made_run(folder, scorers, folds=(fold,), fold=fold, **more)
    (folder / "config.yaml").replace(run / "config.yaml")
    return rows


EARLIER = """
name: csnet_canonical
fold: all
seed: 0
batch_size: 1
workers: 0
random_draws: 100
remark: ''
published: null
trainer:
  _target_: pytorch_lightning.Trainer
  accelerator: cpu
  devices: 1
  max_epochs: 20
  use_distributed_sampler: false
  enable_checkpointing: false
  enable_progress_bar: false
  enable_model_summary: false
  num_sanity_val_steps: 0
  log_every_n_steps: 1
method:
  _target_: vsumlab.methods.csnet.CSNet
  hidden_size: 256
  divisions: 4
  chunk_stride: true
  difference_attention: true
  variance_loss: median
  variance_epsilon: 1.0e-08
  sparsity: 0.3
  supervised: false
  learning_rate: 0.0001
  discriminator_learning_rate: 0.0001
  decay_epoch: 10
  decay_factor: 0.1
  gradient_clip: 5.0
setting:
  _target_: vsumlab.data.settings.Folds
  name: canonical
  n_folds: 5
  fold_seed: 0
data:
  _target_: vsumlab.data.dataset.Dataset
  name: tvsum
  folder: data
  file: eccv16_dataset_tvsum_google_pool5.h5
  headline: mean
  rank_reference: user_scores
  splits: null
  annotations:
  - ydata-tvsum50.mat
  - ydata-tvsum50-anno.tsv
  source: python -m vsumlab.fetch tvsum gets it
  remark: ''
selection:
  _target_: vsumlab.selection.Selection
callbacks:
  progress:
    _target_: vsumlab.progress.FoldProgress
  figures:
    _target_: vsumlab.results.drawing.VideoFigures
    videos: 1
logger:
  _target_: pytorch_lightning.loggers.CSVLogger
  version: ''
paths:
  data: data
  runs: runs
  run: runs/csnet_canonical/2026-01-01_00-00-00
"""
"""A configuration as version 0.1.0 kept it."""


def earlier_run(folder: Path, scorers: Mapping[str, float], **changes: Any) -> list[Row]:
    """Writes a run folder as version 0.1.0 left it: other targets, and no record a fold.

    Args:
        folder: Where.
        scorers: As for `made_run`.
        **changes: Hyper-parameters of the method that were changed.
    """
    overrides = ("experiment=csnet_canonical", *(f"method.{name}={value}" for name, value in changes.items()))
    config = yaml.safe_load(EARLIER)
    config["method"] |= changes
    record = {
        "name": "csnet_canonical",
        "fold": "all",
        "published": None,
        "published_names": {"csnet": "CSNet"},
        "git": {"commit": "d68b0bf2235eefbb00b1dd28e75e4da8ac119e88", "dirty": False},
        "selection": "last",
        "trained_on": {},
        "data": {"file": "data/tvsum.h5", "sha256": 64 * "8"},
        "annotations": None,
    }
    rows = made_run(folder, scorers, overrides=overrides, config=config, **record)
    for fold in VIDEOS:
        (folder / f"fold_{fold}").mkdir()
        lines = ["epoch,step,test/csnet/f1,train/score_variance", "0,1,,0.01", "1,3,,0.02", ",0,0.3,"]
        (folder / f"fold_{fold}" / "metrics.csv").write_text("\n".join(lines) + "\n")
    return rows


def changed(run: Run, name: str, value: object) -> Run:
    """A run with another value in its configuration, in a `+` entry one that it does not have."""
    assert name.startswith("+") or name in run.config
    return run._replace(config=run.config | {name.lstrip("+"): value})
