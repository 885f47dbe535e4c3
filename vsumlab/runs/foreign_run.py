"""The run folder of scores that some other program made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from omegaconf import DictConfig, OmegaConf

from vsumlab.data.dataset import Dataset
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.errors import UserError
from vsumlab.evaluation.averages import summarize
from vsumlab.runs.fold_record import described
from vsumlab.runs.folder import write_record, write_table, write_whole, writing
from vsumlab.runs.record import Origin, environment, file_record
from vsumlab.runs.scores_file import write_scores

if TYPE_CHECKING:
    import pandas as pd

    from vsumlab.evaluation.rows import Scores


def new_folder(config: DictConfig, started: datetime) -> Path:
    """Makes the folder of a run that begins now, by its name and the time, as those of other runs are.

    Raises:
        UserError: If it is there already or cannot be made, or the name has parts of a path.
    """
    if Path(config.name).name != config.name or config.name == "..":
        raise UserError(
            f"name={config.name}: is not the name of a folder in {config.paths.runs}: leave out / and .."
        )
    run = Path(config.paths.runs, config.name, f"{started:%Y-%m-%d_%H-%M-%S}")
    with writing(run):
        try:
            run.mkdir(parents=True)
        except FileExistsError as error:
            raise UserError(
                f"{run}: is there already: give the command again, or choose another name="
            ) from error
    return run


def write_foreign_run(
    run: Path,
    config: DictConfig,
    origin: Origin,
    files: Sequence[Path],
    scores: Mapping[int, Scores],
    videos: VideoFile,
    dataset: Dataset,
    rows: pd.DataFrame,
    started: datetime,
) -> None:
    """Fills the folder of a run, `run.json` last of all: it says where the scores came from.

    Args:
        run: The folder, which is there.
        config: `conf/evaluate.yaml`, with a name.
        origin: The command.
        files: Where the scores were read from.
        scores: What was evaluated, by fold.
        videos: The dataset's feature file.
        dataset: What was evaluated on.
        rows: A row a video and scorer, of all folds.
        started: When that was begun.
    """
    annotations = videos.annotations
    record = {
        "status": "done",
        "started": started.isoformat(timespec="seconds"),
        "wall_time_s": (datetime.now(UTC) - started).total_seconds(),
        "name": config.name,
        "dataset": described(dataset),
        "setting": config.setting.name,
        "published": None,
        "main_scorer": config.name,
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
