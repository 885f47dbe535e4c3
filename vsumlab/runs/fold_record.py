"""What a fold leaves behind when it is done: its rows, its scores and, last of all, its record."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from omegaconf import DictConfig, OmegaConf

from vsumlab.data.datamodule import VideoDataModule
from vsumlab.data.dataset import Dataset
from vsumlab.data.feature_file.several import SeveralFiles
from vsumlab.evaluation.averages import summarize
from vsumlab.runs.checkpoints import UNFINISHED
from vsumlab.runs.folder import fold_folder, write_record, write_table, write_whole
from vsumlab.runs.record import Origin, environment, file_record, method_files, sources
from vsumlab.runs.scores_file import write_scores

if TYPE_CHECKING:
    import pandas as pd

    from vsumlab.evaluation.rows import FoldEvaluation, Scores
    from vsumlab.methods.summarizer import Summarizer


class Selected(Protocol):
    """What a record says of the selection of an epoch."""

    name: str
    remark: str
    history: pd.DataFrame | None

    def chosen_epochs(self) -> dict[str, int]:
        """Which epoch was chosen, by scorer or for all."""


def fold_seed(seed: int, fold: int) -> int:
    """A fold's own seed, the same whether or not other folds run before it."""
    return int(np.random.SeedSequence([seed, fold]).generate_state(1)[0])


def write_fold(
    config: DictConfig,
    origin: Origin,
    data: VideoDataModule,
    selection: Selected,
    method: Summarizer,
    scores: Scores,
    evaluation: FoldEvaluation,
    metrics: Mapping[str, float],
    took: Mapping[str, Any],
) -> None:
    """Fills a fold's folder; a fold without `run.json` is not done."""
    folder, index = fold_folder(Path(config.paths.run), config.fold), str(config.fold)
    pool, fold = data.pool, data.fold
    write_whole(folder / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
    if selection.history is not None:
        history = selection.history.assign(fold=fold.index)
        write_table(folder / "epochs.csv", history[["fold", *selection.history.columns]])
    write_scores(folder / "scores.h5", {fold.index: scores}, pool.evaluated)
    write_table(folder / "videos.csv", evaluation.rows)
    annotations = pool.evaluated.annotations
    record = {
        "status": "done",
        **took,
        "name": config.name,
        "dataset": dataset_record(data.dataset),
        "setting": data.setting.name,
        "published": config.published,
        "main_scorer": method.main_scorer,
        "supervised": method.learns_from_labels,
        "parameters": sum(each.numel() for each in method.parameters() if each.requires_grad),
        "seed": config.seed,
        "fold": config.fold,
        "folds": {index: {"train": trained_on(data), "validation": fold.validation, "test": fold.test}},
        "fold_seeds": {index: fold_seed(config.seed, config.fold)},
        "selection": selection.name,
        "remarks": [each for each in (config.remark, selection.remark, *changed_words(origin)) if each],
        "chosen_epochs": {index: selection.chosen_epochs()},
        "checkpoints": {index: checksums(folder)},
        "trained_on": {
            name: file.record() if isinstance(file, SeveralFiles) else file_record(file.path)
            for name, file in pool.others.items()
        },
        "method_files": {name: file_record(file) for name, file in method_files(config).items()},
        "sources": sources(config),
        "leak_check": {"by": "key and fingerprint of features", **data.compared},
        **environment(origin),
        "backbone": pool.backbone,
        "data": file_record(pool.evaluated.path),
        "annotations": file_record(annotations.path) if annotations else None,
        "splits": file_record(Path(data.dataset.splits)) if data.dataset.splits else None,
        "metrics": dict(metrics),
        "results": summarize(evaluation.rows),
        "constant_annotators": evaluation.constant_annotators,
    }
    write_record(folder / "run.json", record)


def trained_on(data: VideoDataModule) -> list[str]:
    """The keys of a fold's training videos; DATASET/FILE stands for all videos of one of several files.

    Each process has those of its own files alone, and there may be millions.
    """
    if not data.pool.several:
        return [*data.fold.train]
    common = [key for key in data.of_one_file if key not in data.fold.validation]
    return common + [f"{name}/{file}" for name, files in data.pool.several.items() for file in files.names]


def checksums(folder: Path) -> dict[str, str]:
    """The SHA-256 of each checkpoint that a fold leaves in its folder, by its file's name."""
    files = (file for file in sorted(folder.glob("*.ckpt")) if file.name not in UNFINISHED)
    return {file.name: file_record(file)["sha256"] for file in files}


def dataset_record(dataset: Dataset) -> dict[str, str]:
    """What a record says of a dataset."""
    return {"name": dataset.name, "headline": dataset.headline, "remark": dataset.remark}


def changed_words(origin: Origin) -> list[str]:
    """What was changed of the method and its training, as tables say it."""
    return [", ".join(origin.changes)] if origin.changes else []


def write_failure(folder: Path, config: DictConfig, origin: Origin, error: Exception) -> None:
    """Records in the folder of a run or a fold that it failed, and why."""
    message = f"{type(error).__name__}: {error}".splitlines()[0]
    record = {"status": "failed", "name": config.name, "error": message, **environment(origin)}
    with suppress(OSError):  # where nothing can be written, a folder without a record has failed just as well
        folder.mkdir(parents=True, exist_ok=True)
        write_record(folder / "run.json", record)
