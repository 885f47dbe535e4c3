"""Evaluates importance scores from anywhere: `python -m vsumlab.evaluate SCORES data=tvsum`."""

from __future__ import annotations

import argparse
from pathlib import Path

from hydra import compose, initialize_config_dir
from hydra.errors import HydraException
from omegaconf import DictConfig
from rich.console import Console

from vsumlab.config import build, check_whole, find_conf
from vsumlab.data.folds import chosen_folds
from vsumlab.data.scores import ScoresFile
from vsumlab.errors import UserError, one_line_errors
from vsumlab.results.evaluation import Evaluation
from vsumlab.results.table import results_table


def evaluate(path: Path, config: DictConfig) -> Evaluation:
    """Evaluates a file of importance scores on the folds of a setting.

    Args:
        path: The file, as `ScoresFile` reads it.
        config: `conf/evaluate.yaml`, composed.

    Raises:
        UserError: If something is missing or unusable.
    """
    check_whole(config, random_draws=2)
    scores = ScoresFile(path)
    dataset, setting = build(config.data), build(config.setting)
    videos = dataset.open()
    evaluation = Evaluation(dataset, videos, seed=0, draws=config.random_draws)
    for fold in chosen_folds(setting.folds(dataset, videos), config.fold):
        of_fold = {key: scores.of(videos[key]) for key in fold.test}
        evaluation.add_fold(fold.index, path.stem, of_fold)
    return evaluation


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m vsumlab.evaluate",
        description="Evaluates importance scores from anywhere by the protocol of every run, beside random "
        "scores and people.",
        epilog="For example: python -m vsumlab.evaluate scores.csv data=tvsum paths.data=FOLDER fold=2. "
        "The scorer's name in the table is the file's.",
    )
    parser.add_argument(
        "scores",
        type=Path,
        help="an .h5 file with an array of scores for each video, one score a pick; or a .csv file with the "
        "header video,pick,score, a pick being the frame index that a feature was taken at",
    )
    parser.add_argument(
        "overrides", nargs="*", help="what is evaluated: data=, fold=, paths.data=, data.file=, …"
    )
    arguments = parser.parse_args()
    with one_line_errors():
        try:
            with initialize_config_dir(str(find_conf()), version_base="1.3"):
                config = compose("evaluate", arguments.overrides)
        except HydraException as error:
            raise UserError(" ".join(str(error).split())) from error
        evaluation = evaluate(arguments.scores, config)
    title = f"{arguments.scores.name} · {config.data.name} · {config.setting.name}"
    Console().print(results_table(evaluation, title, published=None))


if __name__ == "__main__":
    main()
