"""Evaluates importance scores from anywhere: `vsumlab evaluate SCORES data=tvsum`."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from vsumlab.config import build, check_whole, compose_config
from vsumlab.core.natural_order import natural_order
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.folds import chosen_indices
from vsumlab.data.foreign_scores import ForeignScores
from vsumlab.errors import one_line_errors
from vsumlab.evaluation.rows import evaluate_fold
from vsumlab.report.compare import compare
from vsumlab.report.contents import fold_tables, result_tables
from vsumlab.report.terminal import show
from vsumlab.runs.reading import Run

log = logging.getLogger(__name__)


def evaluate(path: Path, config: DictConfig, scorer: str | None = None) -> Run:
    """Evaluates a file of importance scores on the folds of a setting.

    Args:
        path: The file, as `ForeignScores` reads it.
        config: `conf/evaluate.yaml`, composed.
        scorer: Whose scores, where it is a run's file with several scorers.

    Returns:
        What a report shows; nothing is written.

    Raises:
        UserError: If something is missing or unusable.
    """
    check_whole(config, random_draws=2)
    scores = ForeignScores(path, scorer)
    dataset, setting = build(config.data), build(config.setting)
    videos = dataset.open()
    warn_of_unknown(scores, videos)
    folds = setting.folds(dataset, setting.open(videos))
    rows = []
    for index in chosen_indices(len(folds), config.fold):
        of_fold = {key: scores.of(videos[key], index) for key in folds[index].test}
        evaluation = evaluate_fold({scores.name: of_fold}, videos, dataset, index, 0, config.random_draws)
        rows.append(evaluation.rows)
    record = {
        "status": "done",
        "name": path.name,
        "seed": 0,
        "git": {"commit": None, "dirty": None},
        "dataset": {"name": dataset.name, "headline": dataset.headline, "remark": dataset.remark},
        "setting": setting.name,
        "remarks": [path.name],
    }
    names = {"method_name": scores.name, "data.name": dataset.name, "setting.name": setting.name}
    return Run(record, names, pd.concat(rows, ignore_index=True))


def warn_of_unknown(scores: ForeignScores, videos: VideoFile) -> None:
    """Warns of scores that belong to no video, since a misspelt key would look like them."""
    unknown = sorted(set(scores.keys) - set(videos.keys), key=natural_order)
    if unknown:
        shown = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
        log.warning(
            "%s: %s: not among the videos of %s, so these scores are not used",
            scores.path,
            shown,
            videos.path,
        )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="vsumlab evaluate",
        description="Evaluates importance scores from anywhere by the protocol of every run, next to random "
        "scores and people.",
        epilog="For example: vsumlab evaluate scores.csv data=tvsum paths.data=FOLDER fold=2. "
        "The row in the table is called after the scorer of a run's file, or else after the file.",
    )
    parser.add_argument(
        "scores",
        type=Path,
        help="importance scores in [0, 1] (they must be finite and at least 0): a run's scores.h5; or an .h5 "
        "file with an array of scores for each video, one score a pick; or a .csv file with the header "
        "video,pick,score, a pick being the frame index that a feature was taken at",
    )
    parser.add_argument(
        "overrides",
        nargs="*",
        default=[],
        metavar="override",
        help="what is evaluated, if not all folds of the demo data: data=, fold=, paths.data=, data.file=, …",
    )
    parser.add_argument("--scorer", metavar="NAME", help="whose scores, where a run's scores.h5 has several")
    arguments = parser.parse_intermixed_args()  # --scorer may stand among the overrides
    logging.basicConfig(format="vsumlab: %(message)s", level=logging.WARNING)
    with one_line_errors():
        config = compose_config(arguments.overrides, "evaluate")
        comparisons = compare([evaluate(arguments.scores, config, arguments.scorer)])
    show([*result_tables(comparisons), *fold_tables(comparisons)])


if __name__ == "__main__":
    main()
