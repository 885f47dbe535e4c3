"""The run folder of scores that some other program made."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from omegaconf import DictConfig, OmegaConf

from vsumlab.data.dataset import Dataset
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.evaluation.averages import summarize
from vsumlab.runs.fold_record import dataset_record
from vsumlab.runs.folder import write_record, write_table, write_whole, writing
from vsumlab.runs.record import Origin, environment, file_record
from vsumlab.runs.scores_file import write_scores

if TYPE_CHECKING:
    import pandas as pd

    from vsumlab.evaluation.rows import Scores


class Evaluated(NamedTuple):
    """Scores from elsewhere and what they came to.

    Attributes:
        files: Where the scores were read from.
        scores: What was evaluated, by fold.
        dataset: What was evaluated on.
        videos: The dataset's feature file.
        rows: A row a video and scorer, of all folds.
    """

    files: Sequence[Path]
    scores: Mapping[int, Scores]
    dataset: Dataset
    videos: VideoFile
    rows: pd.DataFrame


@contextmanager
def new_folder(config: DictConfig, started: datetime) -> Iterator[Path]:
    """Makes the folder of a run that begins now, by its name and the time, as those of other runs are.

    Where the block does not come to its end, the folder goes again.

    Raises:
        UserError: If it is there already or cannot be made.
    """
    run = Path(config.paths.runs, config.name, f"{started:%Y-%m-%d_%H-%M-%S}")
    above = [folder for folder in run.parents if not folder.exists()]
    with writing(run):
        try:
            run.mkdir(parents=True)
        except FileExistsError as error:
            raise UserError(
                f"{run}: is there already: give the command again, or choose another name="
            ) from error
    try:
        yield run
    except BaseException:  # an interrupt, too
        shutil.rmtree(run, ignore_errors=True)
        with suppress(OSError):  # what somebody else has put something into stays
            for folder in above:
                folder.rmdir()
        raise


def write_foreign_run(
    run: Path, config: DictConfig, origin: Origin, evaluated: Evaluated, started: datetime
) -> None:
    """Fills the folder of a run, `run.json` last of all: it says where the scores came from.

    Args:
        run: The folder, which is there.
        config: `conf/evaluate.yaml`, with a name.
        origin: The command.
        evaluated: What is written.
        started: When that was begun.
    """
    files, scores, dataset, videos, rows = evaluated
    annotations = videos.annotations
    record = {
        "status": "done",
        "started": started.isoformat(timespec="seconds"),
        "wall_time_s": (datetime.now(UTC) - started).total_seconds(),
        "name": config.name,
        "dataset": dataset_record(dataset),
        "setting": config.setting.name,
        "published": None,
        "main_scorer": config.name,
        "supervised": config.supervised,
        "seed": config.seed,
        "fold": config.fold,
        "folds": {str(fold): {"test": list(of[config.name])} for fold, of in scores.items()},
        "remarks": [config.remark] if config.remark else [],
        "scores": [file_record(path) for path in files],
        **environment(origin),
        "data": file_record(videos.path),
        "annotations": file_record(annotations.path) if annotations else None,
        "splits": file_record(Path(dataset.splits)) if dataset.splits else None,
        "results": summarize(rows),
    }
    with writing(run):
        write_whole(run / "config.yaml", OmegaConf.to_yaml(config, resolve=True))
        write_table(run / "videos.csv", rows)
        write_scores(run / "scores.h5", scores, videos)
        write_record(run / "run.json", record)
