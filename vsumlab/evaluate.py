"""Evaluates importance scores from anywhere: `vsumlab evaluate SCORES data=tvsum` makes a run of them."""

from __future__ import annotations

import argparse
import logging
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig

from vsumlab.checks import DRAWS, SEEDS, check_name, check_paths, check_texts
from vsumlab.config import build, changed, compose_config, search_path
from vsumlab.core.natural_order import natural_order
from vsumlab.data.feature_file.reader import VideoFile
from vsumlab.data.folds import chosen_indices
from vsumlab.data.foreign_scores.formats import FORMATS
from vsumlab.data.foreign_scores.scores import ForeignScores
from vsumlab.entries import check_switches, check_whole
from vsumlab.errors import UserError, one_line_errors, printable
from vsumlab.evaluation.rows import Scores, evaluate_fold
from vsumlab.places import exists
from vsumlab.processes import one_line_end
from vsumlab.report.compare import compare
from vsumlab.report.contents import fold_tables, result_tables
from vsumlab.report.terminal import as_text, show
from vsumlab.runs.folder import fold_folder, plot_path, write_whole, writing
from vsumlab.runs.foreign_run import Evaluated, new_folder, write_foreign_run
from vsumlab.runs.reading import read_run
from vsumlab.runs.record import Origin, this_process
from vsumlab.terminal import say_where, track

log = logging.getLogger(__name__)


def evaluate(scores: ForeignScores, config: DictConfig, origin: Origin | None = None) -> Path:
    """Evaluates importance scores on the folds of a setting, and makes a run of them.

    Args:
        scores: Those of a file or a folder.
        config: `conf/evaluate.yaml`, composed; it is not changed.
        origin: The command and its overrides; those of this process unless it is given.

    Returns:
        The run's folder.

    Raises:
        UserError: If something is missing or unusable; nothing is written then.
    """
    started, origin = datetime.now(UTC), origin or this_process()
    check_whole(config, seed=SEEDS, random_draws=DRAWS)
    check_switches(config, "supervised")
    check_texts(config, "remark")
    check_paths(config.paths, "runs", "data", prefix="paths.")
    name = scores.name if config.name is None else config.name
    check_name(name)
    config = changed(config, name=name)
    dataset, setting = build(config.data), build(config.setting)
    videos = dataset.open()
    warn_of_unknown(scores, videos)
    folds = setting.folds(dataset, setting.open(videos))
    chosen = [folds[index] for index in chosen_indices(len(folds), config.fold)]
    with naming_the_data(dataset.name, origin):
        by_fold = {
            fold.index: {config.name: {key: scores.of(videos[key], fold.index) for key in fold.test}}
            for fold in chosen
        }
    rows = [
        evaluate_fold(of_fold, videos, dataset, index, config.seed, config.random_draws).rows
        for index, of_fold in track(list(by_fold.items()), "evaluating")
    ]
    evaluated = Evaluated(scores.files, by_fold, dataset, videos, pd.concat(rows, ignore_index=True))
    with new_folder(config, started) as run, writing(run):
        draw_first_videos(run, by_fold, videos)
        write_foreign_run(run, config, origin, evaluated, started)
        write_whole(run / "table.txt", as_text(result_tables(compare([read_run(run)]))))
    return run


def draw_first_videos(run: Path, scores: Mapping[int, Scores], videos: VideoFile) -> None:
    """Draws the first test video of each fold, as runs do, for a page to show it next to theirs."""
    from vsumlab.callbacks.video_plot import scores_plot  # Matplotlib, which refused scores can do without
    from vsumlab.plotting import save

    for fold, of_fold in scores.items():
        key = next(iter(next(iter(of_fold.values()))))
        drawn = scores_plot(videos[key], {name: of_videos[key] for name, of_videos in of_fold.items()})
        file = plot_path(fold_folder(run, fold), key)
        file.parent.mkdir(parents=True)
        for suffix in (".svg", ".png"):
            save(drawn, file.with_suffix(suffix))


@contextmanager
def naming_the_data(name: str, origin: Origin) -> Iterator[None]:
    """Has an error say which data scores were compared with, where the command named none.

    Raises:
        UserError: The one that is raised within.
    """
    try:
        yield
    except UserError as error:
        if any(override.startswith("data=") for override in origin.overrides):
            raise
        raise UserError(f"{error} (this is the {name} data, since no data= was given)") from error


def warn_of_unknown(scores: ForeignScores, videos: VideoFile) -> None:
    """Warns of scores that belong to no video, since a misspelt key would look like them."""
    unknown = sorted(set(scores.keys) - set(videos.keys), key=natural_order)
    if unknown:
        shown = ", ".join(unknown[:3]) + (", …" if len(unknown) > 3 else "")
        log.warning(
            "%s: %s: not among the videos of %s, so these scores are not used",
            scores.path,
            printable(shown),
            videos.path,
        )


def evaluate_all(
    paths: Sequence[Path], overrides: Sequence[str], scorer: str | None = None, own: Path | None = None
) -> list[Path]:
    """Makes a run of each of several scores.

    Args:
        paths: Files or folders of scores.
        overrides: Of `conf/evaluate.yaml`.
        scorer: Whose scores, where a file has several scorers.
        own: A folder of configuration, with data sets and settings of one's own.

    Raises:
        UserError: If something is missing or unusable, or several are given one name.
    """
    config = compose_config([*search_path(own, "data/NAME.yaml"), *overrides], "evaluate")
    if config.name is not None and len(paths) > 1:
        raise UserError(
            f"name={config.name}: names one row: give one file or folder of scores, or leave it out"
        )
    n_folds = build(config.setting).n_folds(build(config.data))
    all_scores = [ForeignScores(path, scorer, n_folds) for path in paths]
    names = [scores.name for scores in all_scores]
    if twice := [name for name in names if names.count(name) > 1]:
        raise UserError(f"{twice[0]}: would name several rows: evaluate them one by one, each with its name=")
    return [
        evaluate(scores, config, Origin(command_of(scores.path, paths), list(overrides)))
        for scores in all_scores
    ]


def command_of(path: Path, paths: Sequence[Path]) -> str:
    """This process's command without the other scores that it names, so that it makes one run again."""
    others = set(paths) - {path}
    return shlex.join(word for word in shlex.split(this_process().command) if Path(word) not in others)


def formats() -> str:
    """What scores may be in."""
    lines = [
        f"{', '.join(form.suffixes) if first else '':<12}{what}"
        for form in FORMATS
        for first, what in ((what == form.forms[0], what) for what in form.forms)
    ]
    folder = f"{'a folder':<12}one such file a split, with split_0, fold1, … in its name or its folder's"
    return "\n".join([*lines, folder])


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="vsumlab evaluate",
        usage="%(prog)s SCORES ... [override ...] [--scorer NAME] [--config-dir FOLDER]\n"
        "       %(prog)s --list-formats",
        description="Evaluates importance scores from anywhere by the protocol of every run, next to random "
        "scores and people, and makes a run of them, for `vsumlab report` to compare with others.",
        epilog="For example: vsumlab evaluate scores.json data=tvsum paths.data=FOLDER name=mine fold=2.",
    )
    made.add_argument(
        "scores",
        nargs="*",
        metavar="SCORES",
        help="files of importance scores, or folders of such files by split, each of them a row: a finite "
        "score for each pick, or for each frame",
    )
    made.add_argument(
        "overrides",
        nargs="*",
        metavar="override",
        help="what is evaluated, if not all folds of the demo data, and how it is called: data=, fold=, "
        "paths.data=, data.file=, data.splits=, name=, seed=, …",
    )
    made.add_argument("--scorer", metavar="NAME", help="whose scores, where a run's scores.h5 has several")
    made.add_argument(
        "--config-dir", type=Path, metavar="FOLDER", help="of your own data sets: data/NAME.yaml in it"
    )
    made.add_argument("--list-formats", action="store_true", help="say what may be in a file, and end")
    return made


def main() -> None:
    """The command line."""
    arguments = parser().parse_intermixed_args()  # --scorer may stand among the overrides
    if arguments.list_formats:
        print(formats())
        return
    words = [*arguments.scores, *arguments.overrides]
    paths = [Path(word) for word in words if "=" not in word or exists(Path(word))]
    overrides = [word for word in words if Path(word) not in paths]
    if not paths:
        parser().error("name a file of scores (--list-formats says what may be in it)")
    logging.basicConfig(format="vsumlab: %(message)s", level=logging.WARNING)
    with one_line_end("no unfinished run is left: give the command again"), one_line_errors():
        runs = evaluate_all(paths, overrides, arguments.scorer, arguments.config_dir)
        comparisons = compare([read_run(run) for run in runs])
    show([*result_tables(comparisons), *fold_tables(comparisons)])
    say_where(*runs)


if __name__ == "__main__":
    main()
