"""A trained method back from its run folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsumlab.config import flat
from vsumlab.core.plain_files import read_mapping
from vsumlab.data.folds import Fold
from vsumlab.errors import UserError, first_line
from vsumlab.methods.summarizer import Summarizer
from vsumlab.methods.trust import trusted_method
from vsumlab.runs.checkpoint_file import load_checkpoint
from vsumlab.runs.checkpoints import LAST, checkpoint_name
from vsumlab.runs.folder import fold_folder, fold_folders
from vsumlab.runs.record import file_record
from vsumlab.runs.schema import read_record


def load_method(
    run: Path, fold: int | None, scorer: str | None = None, *, last_epoch: bool = False
) -> Summarizer:
    """See `vsumlab.load`.

    Args:
        run: A run folder.
        fold: Which fold; None where there is one.
        scorer: As there.
        last_epoch: Whether to load the last epoch, whichever was chosen.
    """
    records = {index: record_of(run, folder) for index, folder in fold_folders(run).items()}
    folds = [index for index, record in records.items() if record]
    if not folds:
        raise UserError(f"{run}: holds no finished fold, so it is not the folder of a finished run: name one")
    if fold is None and len(folds) == 1:
        fold = folds[0]
    if fold not in folds:
        raise UserError(f"{run}: fold={fold}: there are the folds {folds}: name one of them")
    folder = fold_folder(run, fold)
    config = next(file for file in (folder / "config.yaml", run / "config.yaml") if file.is_file())
    method = trusted_method(method_named(config), config)
    file = checkpoint(folder, records[fold], fold, scorer, last_epoch)
    checksums = records[fold].get("checkpoints", {}).get(str(fold), {})
    return load_checkpoint(method, file, checksums.get(file.name))


def method_named(config: Path) -> str:
    """The class of the method that a run's configuration names; nothing is imported.

    Raises:
        UserError: If it cannot be read, or names none.
    """
    try:
        named = dict(flat(read_mapping(config))).get("method._target_")
    except (OSError, ValueError) as error:
        raise UserError(f"{config}: cannot be read ({first_line(error)}): move the run away") from error
    if not isinstance(named, str):
        raise UserError(f"{config}: names no method: name another run")
    return named


def load_base(run: Path, fold: Fold, file: Path) -> Summarizer:
    """The method of a run that another one is built on, from the same fold of the same feature file.

    It is the one that was tested; of a test oracle's run that of the last epoch.

    Raises:
        UserError: If it cannot be loaded, is of another file, or was trained on a video that is tested or
            held out now.
    """
    record = record_of(run, fold_folder(run, fold.index))
    method = load_method(run, fold.index, last_epoch=record.get("selection") == "test_oracle")
    if (record.get("data") or {}).get("sha256") != file_record(file)["sha256"]:
        raise UserError(f"{run}: is of another feature file than {file}: name a run on the same one")
    own = record.get("folds", {}).get(str(fold.index), {})
    if "train" not in own:
        raise UserError(
            f"{run}: its run.json does not say what fold {fold.index} was trained on: run it again"
        )
    learned = {*own["train"], *own.get("validation", ())}
    seen = [key for key in (*fold.test, *fold.validation) if key in learned]
    if seen:
        raise UserError(
            f"{run}: fold {fold.index} was trained on {seen[0]}, which is not trained on now: name a run "
            "with the same setting, folds and selection"
        )
    return method


def record_of(run: Path, folder: Path) -> dict[str, Any]:
    """The record of a fold: its own or, where it has none, as in earlier versions, its run's.

    Returns:
        What is in it; nothing where the fold is not done.

    Raises:
        UserError: If it cannot be read.
    """
    for file in (folder / "run.json", run / "run.json"):
        if file.is_file():
            record = read_record(file)
            return record if record["status"] == "done" else {}
    return {}


def checkpoint(
    folder: Path, record: Mapping[str, Any], fold: int, scorer: str | None, last_epoch: bool = False
) -> Path:
    """The checkpoint that a fold's table is of, or that of the last epoch."""
    selection = LAST if last_epoch else record.get("selection", LAST)
    chosen = record.get("chosen_epochs", {}).get(str(fold), {})
    if scorer is not None and selection == "test_oracle" and chosen and scorer not in chosen:
        raise UserError(f"{folder}: no epoch was chosen for {scorer}: name one of {', '.join(chosen)}")
    # the main scorer's has no scorer in its name
    names = [checkpoint_name(selection, scorer), checkpoint_name(selection)]
    if not chosen:  # what is not trained has one file, which earlier versions named as the selection
        names += [LAST, checkpoint_name(record.get("selection", LAST))]
    found = [path for name in names if (path := folder / f"{name}.ckpt").is_file()]
    if not found:
        raise UserError(f"{folder}: no {names[1]}.ckpt: run the fold again")
    return found[0]
