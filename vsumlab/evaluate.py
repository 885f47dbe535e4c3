"""Evaluates importance scores from anywhere: `python -m vsumlab.evaluate SCORES data=tvsum`."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import DictConfig
from rich.console import Console

from vsumlab.config import build, check_whole, find_conf
from vsumlab.data.folds import chosen_folds
from vsumlab.data.reader import VideoFile, natural_order
from vsumlab.data.scores import ScoresFile
from vsumlab.errors import UserError, one_line_errors
from vsumlab.results.evaluation import Evaluation
from vsumlab.results.table import results_table

log = logging.getLogger(__name__)


def evaluate(path: Path, config: DictConfig, scorer: str | None = None) -> Evaluation:
    """Evaluates a file of importance scores on the folds of a setting.

    Args:
        path: The file, as `ScoresFile` reads it.
        config: `conf/evaluate.yaml`, composed.
        scorer: Whose scores, where it is a run's file with several scorers.

    Raises:
        UserError: If something is missing or unusable.
    """
    check_whole(config, random_draws=2)
    scores = ScoresFile(path, scorer)
    dataset, setting = build(config.data), build(config.setting)
    videos = dataset.open()
    warn_of_unknown(scores, videos)
    evaluation = Evaluation(dataset, videos, seed=0, draws=config.random_draws)
    for fold in chosen_folds(setting.folds(dataset, setting.open(videos)), config.fold):
        of_fold = {key: scores.of(videos[key], fold.index) for key in fold.test}
        evaluation.add_fold(fold.index, {scores.name: of_fold})
    return evaluation


def warn_of_unknown(scores: ScoresFile, videos: VideoFile) -> None:
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
        prog="python -m vsumlab.evaluate",
        description="Evaluates importance scores from anywhere by the protocol of every run, beside random "
        "scores and people.",
        epilog="For example: python -m vsumlab.evaluate scores.csv data=tvsum paths.data=FOLDER fold=2. "
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
        metavar="override",
        help="what is evaluated, if not all folds of the demo data: data=, fold=, paths.data=, data.file=, …",
    )
    parser.add_argument("--scorer", metavar="NAME", help="whose scores, where a run's scores.h5 has several")
    arguments = parser.parse_intermixed_args()  # --scorer may stand among the overrides
    logging.basicConfig(format="vsumlab: %(message)s", level=logging.WARNING)
    with one_line_errors():
        try:
            with initialize_config_dir(str(find_conf()), version_base="1.3"):
                config = compose("evaluate", arguments.overrides)
        except HydraException as error:
            raise UserError(" ".join(str(error).split())) from error
        evaluation = evaluate(arguments.scores, config, arguments.scorer)
    title = f"{arguments.scores.name} · {config.data.name} · {config.setting.name}"
    Console().print(results_table(evaluation, title, published={}, published_over_videos={}))


if __name__ == "__main__":
    main()
