"""A run is its folds: what their folders hold, brought together in the run's own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf

from vsumlab.config import build, flat, flattened
from vsumlab.core.plain_files import read_json, read_mapping
from vsumlab.errors import UserError, first_line
from vsumlab.evaluation.averages import summarize
from vsumlab.places import ELSEWHERE, own_name
from vsumlab.runs.earlier_versions import NEW, modernized
from vsumlab.runs.folder import (
    fold_folder,
    fold_folders,
    read_table,
    status,
    write_record,
    write_table,
    write_whole,
    writing,
)
from vsumlab.runs.record import file_record, method_files
from vsumlab.runs.rows_file import read_rows
from vsumlab.runs.scores_file import join_scores
from vsumlab.runs.targets import check_resolved

if TYPE_CHECKING:
    import pandas as pd

MERGED = ("folds", "fold_seeds", "chosen_epochs", "checkpoints")
"""Entries of folds' records that are mappings by fold."""


def keep_configuration(run: Path, config: DictConfig) -> None:
    """Writes a run's configuration to its folder, before anything is trained.

    Raises:
        UserError: If the folder holds a run of another configuration or other data, or cannot be written.
    """
    file = run / "config.yaml"
    if not file.is_file():
        with writing(run):
            run.mkdir(parents=True, exist_ok=True)
            write_whole(file, OmegaConf.to_yaml(config, resolve=True))
    elif differs := run_differs(config, run):
        raise UserError(
            f"{run}: holds a run of another configuration ({differs}): choose another folder with "
            "paths.runs=FOLDER, or move this one away"
        )


def check_finished_fold(run: Path, config: DictConfig) -> None:
    """Refuses a fold that is done already, but not as it is asked for.

    Raises:
        UserError: If it has another configuration.
    """
    folder = fold_folder(run, config.fold)
    differs = status(folder) == "done" and configuration_differs(config, folder / "config.yaml")
    if differs:
        raise UserError(f"{folder}: is done with another configuration ({differs}): move it away")


def run_differs(config: DictConfig, run: Path) -> str:
    """Where a run that was begun first differs from one that is asked for, in words; empty if nowhere."""
    return configuration_differs(config, run / "config.yaml") or files_differ(config, run)


def files_differ(config: DictConfig, run: Path) -> str:
    """Which data file has another content than what is done was made with, in words; empty where none has.

    A file that is not there is left to those that open it.
    """
    done = [folder for folder in (run, *fold_folders(run).values()) if status(folder) == "done"]
    files, sums = (named_files(config), contents_now(config)) if done else ({}, {})
    for folder in done:
        theirs = checksums(read_json(folder / "run.json"))
        for name, ours in sums.items():
            if theirs.get(name, ours) not in (ours, None):
                return f"{files.get(name, name)}: another content than in {folder}"
    return ""


def named_files(config: DictConfig) -> dict[str, Path]:
    """The data files that a configuration names, by what they are, as in `checksums`."""
    dataset, setting = build(config.data), build(config.setting)
    return {**dataset.files(), **setting.files(), **method_files(config)}


def contents_now(config: DictConfig) -> dict[str, str]:
    """The checksums of the data files that a configuration names and that are there, as in `checksums`.

    What stands for a dataset of several files is the checksum of their names and sizes.
    """
    sums = {name: file_record(path)["sha256"] for name, path in named_files(config).items() if path.is_file()}
    several = build(config.setting).several()
    return sums | {name: files.record()["sha256"] for name, files in several.items() if files.are_there()}


def configuration_differs(config: DictConfig, file: Path) -> str:
    """Where a run's configuration first differs from one that was kept, in words; empty where it does not.

    Folders do not count, since it is what files hold that matters.
    """
    ours = modernized(flattened(config))
    try:
        content = read_mapping(file)
        check_resolved(content, file.name)
    except (OSError, ValueError, UserError) as error:
        return f"{file.name} cannot be read: {first_line(error)}"
    theirs = modernized(dict(flat(content)))
    for name in sorted(ours.keys() | theirs.keys()):
        if name.startswith(ELSEWHERE) or (name in NEW and name not in theirs):
            continue
        if own_name(name, ours.get(name)) != own_name(name, theirs.get(name)):
            return f"{name}: {theirs.get(name)}, now {ours.get(name)}"
    return ""


def fold_records(run: Path, folds: Sequence[int]) -> list[dict[str, Any]]:
    """The records of finished folds."""
    files = [fold_folder(run, fold) / "run.json" for fold in folds]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def finish_run(run: Path, config: DictConfig, folds: Sequence[int]) -> pd.DataFrame:
    """Fills a run's folder from those of its folds; its `run.json`, last of all, says that it is done.

    Returns:
        The rows of all folds.

    Raises:
        UserError: If folds were made with different data files or sources.
    """
    import pandas as pd

    records = fold_records(run, folds)
    check_same_data(run, folds, records)
    folders = [fold_folder(run, fold) for fold in folds]
    rows = pd.concat([read_rows(folder / "videos.csv") for folder in folders], ignore_index=True)
    write_table(run / "videos.csv", rows)
    join_scores(run / "scores.h5", [folder / "scores.h5" for folder in folders])
    histories = [read_table(file) for folder in folders if (file := folder / "epochs.csv").is_file()]
    if histories:
        write_table(run / "epochs.csv", pd.concat(histories, ignore_index=True))
    record = merged(records) | {"fold": config.fold, "results": summarize(rows)}
    write_record(run / "run.json", record)
    return rows


def check_same_data(run: Path, folds: Sequence[int], records: Sequence[Mapping[str, Any]]) -> None:
    """Refuses folds between which a data file or a source was replaced: they are not folds of one run.

    Raises:
        UserError: Naming the first of them.
    """
    for fold, record in zip(folds, records, strict=True):
        if any(of(record) != of(records[0]) for of in (checksums, source_checksums)):
            raise UserError(
                f"{fold_folder(run, fold)}: was made with other files than fold {folds[0]}: move it or "
                "that one away and give the same command again"
            )


def checksums(record: Mapping[str, Any]) -> dict[str, str | None]:
    """Those of the files that a run or a fold was made with, by what they are."""
    files = {name: record.get(name) for name in ("data", "annotations", "splits")}
    files |= record.get("trained_on", {}) | record.get("method_files", {})
    return {name: file and file["sha256"] for name, file in files.items()}


def source_checksums(record: Mapping[str, Any]) -> dict[str, str]:
    """Those of the sources of a user's own classes, by target."""
    return {target: file["sha256"] for target, file in record.get("sources", {}).items()}


def merged(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The records of a run's folds as one.

    Their commits are listed where they are not the same: a run that was interrupted may have gone on later.
    """
    first = dict(records[0])
    commits = list(dict.fromkeys(record["git"]["commit"] for record in records))
    changes = list(dict.fromkeys(record["git"].get("changes") for record in records))
    return first | {
        **{
            name: {key: value for each in records for key, value in each.get(name, {}).items()}
            for name in MERGED
        },
        "started": min(record["started"] for record in records),
        **{
            name: round(sum(record[name] for record in records), 1)
            for name in ("wall_time_s", "cpu_time_s")
            if all(name in record for record in records)  # those of earlier versions have no time on the CPU
        },
        "git": {
            **first["git"],
            "dirty": any(record["git"]["dirty"] for record in records) if commits[0] else None,
            "changes": changes[0] if len(changes) == 1 else None,  # else it is one with no other run
            **({"commits": commits} if len(commits) > 1 else {}),
        },
        "leak_check": first["leak_check"]
        | {
            name: sum(record["leak_check"][name] for record in records)
            for name in ("train_videos", "test_videos")
        },
        "constant_annotators": sum(record["constant_annotators"] for record in records),
        "metrics": mean_metrics(records),
    }


def mean_metrics(records: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The means over folds of what `train` gave for each, where each has it."""
    first, *others = (each["metrics"] for each in records)
    names = [name for name in first if all(each.get(name) is not None for each in (first, *others))]
    return {name: sum(each["metrics"][name] for each in records) / len(records) for name in names}
